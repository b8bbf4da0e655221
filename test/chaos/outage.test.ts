// When much of the fleet is gone at once, nothing of ours is broken: the guard holds every repair, and says so once.
import { afterAll, expect, inject, test } from "vitest";
import { type Member, signal } from "../support/machines.ts";
import { rowOf } from "../support/tenants.ts";
import { publish, whenAlarm } from "./alarms.ts";
import { member, whenServed } from "./members.ts";
import { metricsOf, nextSweeps, sweepsSince } from "./sweeps.ts";

/** 15 of 50: half as many again as the guard allows. */
const first = 20;
const share = 15;
let victims: Member[] = [];

afterAll(async () => {
  for (const victim of victims) await signal(victim, "warren-connector", "SIGCONT").catch(() => undefined);
});

test("30% of the fleet down at once is an outage: no repair, one alarm, and a note of what it looks like", async () => {
  const since = new Date();
  const attempts = async () =>
    Promise.all(inject("fleet").map(async (slug) => (await rowOf(slug)).repair?.attempt ?? 0));
  const before = await attempts();
  victims = await Promise.all(Array.from({ length: share }, (_, index) => member(first + index)));
  // The watchdog would mend them one by one.
  for (const victim of victims) await signal(victim, "warren-connector-watchdog", "SIGSTOP");
  for (const victim of victims) await signal(victim, "warren-connector", "SIGSTOP");

  await nextSweeps(6);

  const held = (await sweepsSince(since)).flatMap(({ report }) => report.held ?? []);
  expect(held.length).toBeGreaterThanOrEqual(4);
  expect(held.at(-1)).toMatchObject({ bad: share, judged: inject("fleet").length });
  expect(held.at(-1)?.looksLike).toMatch(/Cloudflare/);
  expect(await attempts()).toEqual(before);
  const lines = await metricsOf("judge-fleet", since);
  await publish(lines);
  expect(await whenAlarm("warren-local-outage-guard", "ALARM")).toContain("docs/runbook.md#outage-guard");

  for (const victim of victims) await signal(victim, "warren-connector", "SIGCONT");
  for (const victim of victims) await signal(victim, "warren-connector-watchdog", "SIGCONT");
  for (const victim of victims) await whenServed(victim);
  const [report] = await nextSweeps(2).then((reports) => reports.slice(-1));
  expect(report).toMatchObject({ ordered: [], counts: { down: 0 } });
  expect(report).not.toHaveProperty("held");
  expect(await attempts()).toEqual(before);
});
