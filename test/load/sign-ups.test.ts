// A crowd of sign-ups at once, in an account with a young one's quotas. How many: `SIGNUPS=50 npm run test:load`.
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../../lib/config/load-config.ts";
import { aws, cloudflare, machines, output } from "../support/stage.ts";
import { executionsOf } from "../support/traces.ts";
import { type Crowd, untilAnswered, watch } from "./crowd.ts";

const SIGNUPS = Number(process.env.SIGNUPS ?? 200);
const MINUTES = 20;
const slugs = Array.from({ length: SIGNUPS }, (_, index) => `crowd-${String(index).padStart(3, "0")}`);
const { limits } = loadConfig("local");

beforeAll(() =>
  aws.setQuotas({ concurrentLambdas: 10, callsPerSecond: { PutParameter: 3, GetParameter: 40 } }),
);
afterAll(() => aws.setQuotas({}));

test(
  `${SIGNUPS} sign-ups at once all end ready, no more under way than may be, and a removal overtakes them`,
  async () => {
    await Promise.all([cloudflare.clearCalls(), machines.clearCalls()]);
    const signUps = Promise.all(slugs.map((slug) => untilAnswered("POST", "/tenants", { slug })));
    let removed = "";
    const removeLast = async ({ ready, queued }: Crowd) => {
      if (removed || ready === 0 || queued.length <= SIGNUPS / 4) return;
      removed = queued.at(-1) ?? "";
      await untilAnswered("DELETE", `/tenants/${removed}`, { confirm: removed });
    };

    const seen = await watch(async (crowd) => {
      await removeLast(crowd);
      return crowd.failed.length > 0 || (removed !== "" && crowd.ready === SIGNUPS - 1);
    }, MINUTES);
    await signUps;

    process.stdout.write(`load: ${JSON.stringify(await figuresOf(seen), undefined, 1)}\n`);
    expect(seen.flatMap(({ failed }) => failed)).toEqual([]);
    expect(Math.max(...seen.map(({ underWay }) => underWay))).toBeLessThanOrEqual(limits.provisions);
    const askedFor = seen.findIndex(({ slugs }) => slugs.has(removed));
    const gone = seen.slice(askedFor).find(({ slugs }) => !slugs.has(removed));
    expect(gone?.queued.length).toBeGreaterThan(0);
  },
  (MINUTES + 2) * 60_000,
);

const figuresOf = async (seen: Crowd[]) => {
  const provisions = await executionsOf(output("ProvisionWorkflowArn"));
  const transitions = provisions.map(
    ({ events }) => events.filter(({ type = "" }) => type.endsWith("StateEntered")).length,
  );
  const most = (of: (crowd: Crowd) => number): number => Math.max(...seen.map(of));
  return {
    seconds: most(({ seconds }) => seconds),
    longestQueue: most(({ queued }) => queued.length),
    mostUnderWay: most(({ underWay }) => underWay),
    mebibytes: Math.round(most(({ mebibytes }) => mebibytes)),
    transitions: { least: Math.min(...transitions), most: Math.max(...transitions) },
    cloudflare: await cloudflare.calls(),
    ec2: counted((await machines.calls()).map(({ action }) => action)),
    parameterStore: await aws.countedCalls(),
  };
};

const counted = (names: string[]): Record<string, number> =>
  Object.fromEntries(
    Object.entries(Object.groupBy(names, (name) => name)).map(([name, all = []]) => [name, all.length]),
  );
