// What whoever lets others begin, or tells whose turn it is, needs of the tables.
import { queueIndex } from "../../core/workflow/queue-table.ts";
import type { TaskData } from "../constructs/task-resources.ts";
import type { Permission } from "./permission.ts";

type QueueTables = Pick<TaskData, "tenants" | "leases">;

export const seeQueue = ({ tenants, leases }: QueueTables): Permission[] => [
  ...tenants.permissionsForIndex(queueIndex.name, "Query"),
  ...leases.permissionsFor("GetItem"),
];

export const letBegin = ({ tenants, leases }: QueueTables): Permission[] => [
  ...tenants.permissionsForIndex(queueIndex.name, "Query"),
  ...tenants.permissionsFor("BatchGetItem", "UpdateItem"),
  ...leases.permissionsFor("GetItem", "PutItem"),
];
