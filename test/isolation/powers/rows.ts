// Who may do what with the tables.
import { sweepTasks } from "../../support/task-names.ts";
import * as about from "../requests.ts";
import { lifeTasks, nobody, only, type Power } from "./power.ts";

/** What writes into rows, besides workflows and the API. */
const writers = [
  ...lifeTasks.filter((task) => task !== "read-console"),
  ...sweepTasks,
  ...["correct-route", "correct-machine", "correct-secrets"],
  "restart-unit",
  "start-instance",
  "reboot-instance",
  "stop-instance",
  "retire-instance",
  "finish-repair",
];
const workflowsOfTenants = ["provision-tenant", "deprovision-tenant", "repair-tenant"];
/** Who lets others begin. */
const admitters = ["dispatch-change", "resume-work"];
/** What reads or writes a table that the tables' key encrypts. */
const holders = [
  ...writers,
  ...workflowsOfTenants,
  "health-sweep",
  "diagnose-tenant",
  "read-console",
  "verify-repair",
  "api",
  "dispatch-change",
];

export const rows: Record<string, Power> = {
  "read a tenant's row": only(
    [
      ...["delete-dns-record", "delete-instance", "delete-data-volume", "delete-tunnel"],
      ...["launch-instance", "probe-tenant", "await-running-workflows", "verify-removal"],
      ...["judge-fleet", "resume-work"],
      ...["diagnose-tenant", "correct-route", "correct-machine", "read-console", "verify-repair"],
      ...["finish-repair", "api", "provision-tenant"],
    ],
    about.table("GetItem", "tenants"),
  ),
  "write into a tenant's row": only(
    [...writers, "provision-tenant", "repair-tenant", "api", "dispatch-change"],
    about.table("UpdateItem", "tenants"),
  ),
  "create a tenant's row": only(["api"], about.table("PutItem", "tenants")),
  "list all rows": only(["api", "survey-fleet"], about.table("Scan", "tenants")),
  "see how large the tenants table is": only(["survey-fleet"], about.table("DescribeTable", "tenants")),
  "query rows": only(nobody, about.table("Query", "tenants")),
  "see who waits for a workflow": only([...admitters, "api"], about.table("Query", "queue")),
  "see how those under way stand": only(admitters, about.table("BatchGetItem", "tenants")),
  "delete a tenant's row": only(["deprovision-tenant"], about.table("DeleteItem", "tenants")),
  "write rows in batches": only(nobody, about.table("BatchWriteItem", "tenants")),
  "delete the tenants table": only(nobody, about.table("DeleteTable", "tenants")),
  "switch off the tenants table's stream": only(nobody, about.table("UpdateTable", "tenants")),
  "find its way in the tenants table's stream": only(
    ["dispatch-change"],
    about.table("GetShardIterator", "stream"),
  ),
  "read the tenants table's stream": only(["dispatch-change"], about.table("GetRecords", "stream")),
  "look at an idempotency key": only(["api"], about.table("GetItem", "idempotency")),
  "store an idempotency key": only(["api"], about.table("PutItem", "idempotency")),
  "forget an idempotency key": only(nobody, about.table("DeleteItem", "idempotency")),
  "see who holds a lease or a slot": only(
    ["health-sweep", ...admitters, "api"],
    about.table("GetItem", "leases"),
  ),
  "give slots": only(admitters, about.table("PutItem", "leases")),
  "take a lease": only(["health-sweep"], about.table("UpdateItem", "leases")),
  "delete a lease": only(nobody, about.table("DeleteItem", "leases")),
  "append to the audit": only(
    ["verify-removal", "verify-repair", "read-console"],
    about.table("PutItem", "audit"),
  ),
  "change an audit entry": only(nobody, about.table("UpdateItem", "audit")),
  "change an audit entry in PartiQL": only(nobody, about.table("PartiQLUpdate", "audit")),
  "remove an audit entry": only(nobody, about.table("DeleteItem", "audit")),
  "remove an audit entry in PartiQL": only(nobody, about.table("PartiQLDelete", "audit")),
  "write audit entries in batches": only(nobody, about.table("BatchWriteItem", "audit")),
  "read the audit of one tenant": only(["api"], about.table("Query", "audit")),
  "read all of the audit": only(nobody, about.table("Scan", "audit")),
  "delete the audit table": only(nobody, about.table("DeleteTable", "audit")),
  "open the audit table's policy": only(nobody, about.table("PutResourcePolicy", "audit")),
  "decrypt rows through DynamoDB": only(
    holders,
    about.key("Decrypt", "the tables' key", { via: "dynamodb" }),
  ),
  "encrypt rows through DynamoDB": only(
    holders,
    about.key("Encrypt", "the tables' key", { via: "dynamodb" }),
  ),
  "make keys for rows through DynamoDB": only(
    holders,
    about.key("GenerateDataKey", "the tables' key", { via: "dynamodb" }),
  ),
  "encrypt with the tables' key directly": only(nobody, about.key("Encrypt", "the tables' key")),
  // CDK's grant to whoever reads a stream has no condition; what it could open lies in DynamoDB only.
  "decrypt with the tables' key directly": only(["dispatch-change"], about.key("Decrypt", "the tables' key")),
};
