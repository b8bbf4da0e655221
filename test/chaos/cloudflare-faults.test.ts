// Whatever Cloudflare's API answers, and be it nonsense: no tenant is repaired because of it.
import { afterEach, expect, inject, test } from "vitest";
import type { FaultOrder } from "../../local/cloudflare/api/faults.ts";
import { hangConnector } from "../support/machines.ts";
import { cloudflare } from "../support/stage.ts";
import { rowOf } from "../support/tenants.ts";
import { member, whenReadyAgain, whenServed } from "./members.ts";
import { nextSweeps } from "./sweeps.ts";

const endpoint = "GET /accounts/{account_id}/cfd_tunnel";

afterEach(() => cloudflare.clearFaults());

const effects: [string, FaultOrder["effect"]][] = [
  ["500", { kind: "status", status: 500 }],
  ["429", { kind: "status", status: 429 }],
  ["403", { kind: "status", status: 403 }],
  ["garbage", { kind: "garbage" }],
  ["no answer at all", { kind: "hang" }],
  ["half a listing", { kind: "half-listing", honest: true }],
  ["half a listing that claims to be whole", { kind: "half-listing", honest: false }],
];

test.each(effects)("%s as the list of tunnels repairs nothing", async (_, effect) => {
  const rows = () => Promise.all(inject("fleet").map(rowOf));
  const attempts = (await rows()).map(({ repair }) => repair?.attempt);
  await cloudflare.addFault({ endpoint, times: 1_000, effect });

  const reports = await nextSweeps(3);

  for (const report of reports) {
    expect(report).toMatchObject({ ordered: [], waiting: 0, counts: { down: 0 } });
    expect(report).not.toHaveProperty("held");
  }
  const after = await rows();
  expect(after.map(({ repair }) => repair?.attempt)).toEqual(attempts);
  expect(new Set(after.map(({ status }) => status))).toEqual(new Set(["ready"]));
});

test("a tenant that is not served while Cloudflare tells nothing is unknown, and repaired once it tells again", async () => {
  const broken = await member(46);
  await cloudflare.addFault({ endpoint, times: 1_000, effect: { kind: "status", status: 500 } });
  await hangConnector(broken);

  const reports = await nextSweeps(5);

  expect(reports.at(-1)).toMatchObject({ ordered: [], counts: { down: 0, unknown: 1 } });
  expect(await rowOf(broken.slug)).toMatchObject({ status: "ready", health: { state: "unknown" } });
  await cloudflare.clearFaults();
  await whenServed(broken);
  expect((await whenReadyAgain(broken.slug)).repair).toMatchObject({ attempt: 1, rung: "restart-connector" });
});
