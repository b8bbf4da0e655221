// Keeps what a machine said last, before it goes: in the audit, and for the failure of whoever asked.
import type { AuditLog, LastWordsEntry } from "../../core/audit/audit-log.ts";
import type { Console } from "../../core/aws/console.ts";
import { type Clock, timestamp } from "../../core/clock.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { lastWords } from "../../core/machine/last-words.ts";
import { knownIds } from "../../core/tenant/known-ids.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import type { task } from "./task.ts";

export interface ReadConsoleDeps {
  tenants: Pick<TenantStore, "get">;
  console: Console;
  audit: AuditLog<LastWordsEntry>;
  clock: Clock;
}

export const readConsole = async (
  { slug, generation, execution }: TaskInput<typeof task>,
  { tenants, console, audit, clock }: ReadConsoleDeps,
) => {
  const { instanceId } = await knownIds({ slug, generation }, tenants);
  const words = instanceId ? lastWords(await console.read(instanceId)) : [];
  if (instanceId && words.length > 0) {
    await audit.append({
      slug,
      entry: `${generation}#${execution}#console`,
      at: timestamp(clock),
      reason: "last-words",
      instanceId,
      lastWords: words,
    });
  }
  return { lastWords: words };
};
