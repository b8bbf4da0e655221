// What whoever lets others begin, or tells whose turn it is, needs of the tables.
import { queueIndex } from "../../core/queue/queue-table.ts";
import type { Permission } from "./permission.ts";

interface Table {
  permissionsFor(...actions: string[]): Permission[];
  permissionsForIndex(index: string, ...actions: string[]): Permission[];
}

interface QueueTables {
  tenants: Table;
  leases: Table;
}

export const seeQueue = ({ tenants, leases }: QueueTables): Permission[] => [
  ...tenants.permissionsForIndex(queueIndex.name, "Query"),
  ...leases.permissionsFor("GetItem"),
];

export const letBegin = ({ tenants, leases }: QueueTables): Permission[] => [
  ...tenants.permissionsForIndex(queueIndex.name, "Query"),
  ...tenants.permissionsFor("BatchGetItem", "UpdateItem"),
  ...leases.permissionsFor("GetItem", "PutItem"),
];
