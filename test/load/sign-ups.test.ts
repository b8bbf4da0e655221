// A crowd of sign-ups at once, in an account with a young one's quotas: all end ready, the queue is fair, a removal overtakes.
// How many: `SIGNUPS=50 npm run test:load`.
import { afterAll, beforeAll, expect, test } from "vitest";
import { api, aws, cloudflare, machines, output, tables } from "../support/stage.ts";
import { remove, whenRowGone } from "../support/tenants.ts";
import { executionsOf, scan } from "../support/traces.ts";
import { memoryOfStage } from "./memory.ts";

const SIGNUPS = Number(process.env.SIGNUPS ?? 200);
const slugs = Array.from({ length: SIGNUPS }, (_, index) => `crowd-${String(index).padStart(3, "0")}`);
const MINUTES = 20;

const quotas = { concurrentLambdas: 10, callsPerSecond: { PutParameter: 3, GetParameter: 40 } };

beforeAll(async () => {
  await aws.setQuotas(quotas);
});
afterAll(() => aws.setQuotas({}));

/** A sign-up form tries again what the gateway had no Lambda for. */
const untilTaken = async (ask: () => ReturnType<typeof api>, taken: number): Promise<void> => {
  for (;;) {
    const { status, body } = await ask();
    if (status === taken) return;
    if (status < 429) throw new Error(`${status}: ${JSON.stringify(body)}`);
    await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 1_000));
  }
};

interface Row {
  slug: string;
  status: string;
  queue?: string;
  failure?: unknown;
}

test(
  `${SIGNUPS} sign-ups at once all end ready, and a removal overtakes them`,
  async () => {
    const startedAt = Date.now();
    const seconds = () => Math.round((Date.now() - startedAt) / 1_000);
    await cloudflare.clearCalls();
    await machines.clearCalls();
    const signups = Promise.all(
      slugs.map((slug) => untilTaken(() => api("POST", "/tenants", { slug }), 202)),
    );
    signups.catch(() => undefined);
    let longestQueue = 0;
    let mostUnderWay = 0;
    let memory = 0;
    let overtaken = "";
    for (;;) {
      const rows = (await scan(output("TenantsTableName"))) as unknown as Row[];
      const queued = rows.filter(({ queue }) => queue === "provision-tenant");
      const underWay = rows.filter(({ status, queue }) => status === "provisioning" && !queue).length;
      const ready = rows.filter(({ status }) => status === "ready").length;
      longestQueue = Math.max(longestQueue, queued.length);
      mostUnderWay = Math.max(mostUnderWay, underWay);
      memory = Math.max(memory, await memoryOfStage());
      const failed = rows.filter(({ status }) => status === "failed");
      process.stdout.write(
        `load: ${seconds()} s: ${ready} ready, ${underWay} under way, ${queued.length} queued, ${failed.length} failed\n`,
      );
      expect(failed).toEqual([]);
      const last = queued.at(-1);
      if (!overtaken && ready > 0 && queued.length > SIGNUPS / 4 && last) {
        overtaken = last.slug;
        await untilTaken(() => remove(last.slug), 202);
      }
      if (overtaken && queued.length > 0 && !rows.some(({ slug }) => slug === overtaken))
        process.stdout.write(`load: ${overtaken} is removed, ${queued.length} still wait\n`);
      if (ready === SIGNUPS - (overtaken ? 1 : 0)) break;
      if (seconds() > MINUTES * 60)
        throw new Error(`${ready} of ${SIGNUPS} are ready after ${MINUTES} minutes`);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
    await signups;
    const took = seconds();
    if (overtaken) await whenRowGone(overtaken);
    const executions = await executionsOf(output("ProvisionWorkflowArn"));
    const transitions = executions.map(
      ({ events }) => events.filter(({ type = "" }) => type.endsWith("StateEntered")).length,
    );
    const figures = {
      seconds: took,
      longestQueue,
      mostUnderWay,
      memoryMiB: Math.round(memory),
      transitions: { least: Math.min(...transitions), most: Math.max(...transitions) },
      cloudflare: await cloudflare.calls(),
      aws: counted(
        (await machines.calls()).map(
          ({ service, action, error }) => `${service}:${action}${error ? ` ${error}` : ""}`,
        ),
      ),
    };
    process.stdout.write(`load: ${JSON.stringify(figures, undefined, 1)}\n`);
    void tables;
  },
  (MINUTES + 2) * 60_000,
);

const counted = (names: string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};
