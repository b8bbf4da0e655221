// So much is down that it would be an outage, had it one cause: each has its own, and a repair mends each. Nobody has to help.
import { expect, test } from "vitest";
import { deletedRecord } from "../support/drift.ts";
import { hangConnector, type Member, signal } from "../support/machines.ts";
import { rowOf } from "../support/tenants.ts";
import { member, whenReadyAgain, whenServed } from "./members.ts";
import { sweepsSince } from "./sweeps.ts";

const breaks: ((broken: Member) => Promise<unknown>)[] = [
  hangConnector,
  (broken) => signal(broken, "warren-app", "SIGSTOP"),
  async ({ slug }) => deletedRecord(await rowOf(slug)),
];

test("30% of the fleet down, each third for a reason of its own, is repaired in growing steps", async () => {
  const since = new Date();
  const broken = await Promise.all(Array.from({ length: 15 }, (_, index) => member(index)));
  await Promise.all(broken.map((one, index) => breaks[index % breaks.length]?.(one)));
  await expect
    .poll(async () => (await sweepsSince(since)).at(-1)?.report.held, { timeout: 60_000 })
    .toBeDefined();

  await Promise.all(broken.map(whenServed));
  await Promise.all(broken.map(({ slug }) => whenReadyAgain(slug)));

  const held = (await sweepsSince(since)).flatMap(({ report }) => (report.held ? [report] : []));
  expect(held.at(0)?.held?.looksLike).toContain("several things at once");
  for (const { ordered, held: { lets } = { lets: { repairs: 0 } } } of held)
    expect(ordered.length).toBeLessThanOrEqual(lets.repairs);
  expect(held.flatMap(({ ordered }) => ordered).length).toBeGreaterThanOrEqual(5);
});
