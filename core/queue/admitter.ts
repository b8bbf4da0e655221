// `admit` on the stage's tables, within the stage's limits.
import type * as z from "zod";
import type { variables } from "../handler/environment.ts";
import type { QueuedWorkflowName } from "../tenant/queue.ts";
import { admit } from "./admit.ts";
import type { Waiter } from "./queue-order.ts";
import { queueTable } from "./queue-table.ts";
import { slotStore } from "./slots.ts";

type Environment = Pick<
  z.output<typeof variables>,
  "TENANTS_TABLE" | "LEASES_TABLE" | "PROVISIONS_AT_ONCE" | "REMOVALS_AT_ONCE"
>;

export type Admit = (workflow: QueuedWorkflowName, arrived: readonly Waiter[]) => Promise<string[]>;

export const admitter = (env: Environment): Admit => {
  const deps = {
    queue: queueTable(env.TENANTS_TABLE),
    slots: slotStore(env.LEASES_TABLE),
    limits: { "provision-tenant": env.PROVISIONS_AT_ONCE, "deprovision-tenant": env.REMOVALS_AT_ONCE },
  };
  return (workflow, arrived) => admit(workflow, arrived, deps);
};
