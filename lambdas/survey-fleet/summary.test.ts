import { expect, it } from "vitest";
import type { TenantHealth, TenantRepair } from "../../core/tenant/tenant.ts";
import { sampleRow } from "../../test/support/sample.ts";
import { type Judged, summarise } from "./summary.ts";

const at = (minute: number): string => `2026-11-22T12:${String(minute).padStart(2, "0")}:00.000Z`;
const NOW = 29;

const down: TenantHealth = { state: "down", cause: "record", since: at(28), badSweeps: 2 };
const well: TenantHealth = { state: "healthy", since: at(20), badSweeps: 0 };
const repaired = (failures: number, minute: number): TenantRepair => ({
  attempt: 1,
  failures,
  resumed: 0,
  startedAt: at(minute),
  reason: "down",
});

const judged = (health: TenantHealth, repair: TenantRepair): Judged => ({
  row: sampleRow({ status: "ready", repair }) as Judged["row"],
  facts: { tunnel: "unknown", instance: "unknown", probe: undefined },
  judgement: { health, status: "ready", changed: false, isBad: health.state === "down", needsRepair: false },
});

it.each<[string, TenantHealth, TenantRepair, { proved: number; failed: number }]>([
  ["helped", well, repaired(0, 10), { proved: 1, failed: 0 }],
  ["did not help", { ...down, healthyUntil: at(5) }, repaired(1, 10), { proved: 0, failed: 1 }],
  ["of a tenant never seen healthy did not help", down, repaired(1, 10), { proved: 0, failed: 1 }],
  // By itself, by hand, or because the trouble was elsewhere: what is wrong now, no repair was tried on.
  [
    "failed before the tenant was well again",
    { ...down, healthyUntil: at(20) },
    repaired(1, 10),
    { proved: 0, failed: 0 },
  ],
])("tells of a repair that %s", (_, health, repair, recent) => {
  expect(summarise([judged(health, repair)], [], at(NOW), 1).recent).toEqual(recent);
});
