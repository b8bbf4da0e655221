// Facts and rows of every kind, for tests with generated fleets.
import fc from "fast-check";
import { type ProbeResult, probeCauses } from "../../core/edge/probe.ts";
import { tenantStatus } from "../../core/tenant/status.ts";
import {
  healthCauses,
  healthStates,
  type TenantHealth,
  type TenantRepair,
} from "../../core/tenant/tenant.ts";
import {
  type Facts,
  type FleetRow,
  type InstanceFact,
  type JudgedRow,
  tunnelStatuses,
} from "../../lambdas/survey-fleet/facts.ts";
import { incarnation, served } from "./sample.ts";

const time = fc.constantFrom(
  "2026-11-22T11:00:00.000Z",
  "2026-11-22T11:58:00.000Z",
  "2026-11-22T12:30:00.000Z",
);

const anyTunnel: fc.Arbitrary<Facts["tunnel"]> = fc.oneof(
  fc.constantFrom("missing" as const, "unknown" as const),
  fc.record({ status: fc.constantFrom(...tunnelStatuses), connections: fc.nat({ max: 4 }) }),
);

const instanceStates = ["pending", "running", "stopping", "stopped", "shutting-down", "terminated"] as const;

export const running = { state: "running", checks: "ok", zone: "eu-central-1a" } as const;

const anyInstance: fc.Arbitrary<InstanceFact> = fc.oneof(
  fc.constantFrom("missing" as const, "unknown" as const),
  fc.record({
    state: fc.constantFrom(...instanceStates),
    checks: fc.constantFrom("ok" as const, "initializing" as const, "impaired" as const, "unknown" as const),
    zone: fc.constantFrom("eu-central-1a", "eu-central-1b"),
  }),
  fc.constant({ ...running, drift: "its instance lacks our tags" }),
);

const anyProbe: fc.Arbitrary<ProbeResult | undefined> = fc.oneof(
  fc.constantFrom(
    undefined,
    served,
    { kind: "starting" as const, words: "503" },
    { kind: "unknown" as const, words: "404" },
  ),
  fc.record({
    kind: fc.constant("bad" as const),
    cause: fc.constantFrom(...probeCauses),
    words: fc.constant("words"),
  }),
);

export const anyFacts: fc.Arbitrary<Facts> = fc.record({
  tunnel: anyTunnel,
  instance: anyInstance,
  probe: anyProbe,
  secrets: fc.constantFrom(undefined, "the parameter of its admin-token is gone"),
});

const anyHealth: fc.Arbitrary<TenantHealth> = fc.record(
  {
    state: fc.constantFrom(...healthStates),
    cause: fc.constantFrom(...healthCauses),
    since: time,
    badSweeps: fc.nat({ max: 2 }),
    healthyUntil: time,
  },
  { requiredKeys: ["state", "since", "badSweeps"] },
);

const anyRepair: fc.Arbitrary<TenantRepair> = fc.record(
  {
    attempt: fc.integer({ min: 1, max: 9 }),
    failures: fc.nat({ max: 3 }),
    resumed: fc.constant(0),
    startedAt: time,
    reason: fc.constant("earlier"),
    notBefore: time,
    replaces: fc.array(fc.constant("i-old"), { maxLength: 1 }),
  },
  { requiredKeys: ["attempt", "failures", "resumed", "startedAt", "reason"] },
);

/** Of this slug, in any state that a sweep may find. */
export const anyRow = (slug = incarnation.slug): fc.Arbitrary<FleetRow> =>
  fc.record(
    {
      slug: fc.constant(slug),
      generation: fc.constant(incarnation.generation),
      status: fc.constantFrom(...tenantStatus.options),
      updatedAt: time,
      resources: fc.constant({ tunnelId: "t-1", instanceId: "i-1", availabilityZone: "eu-central-1a" }),
      deletions: fc.constant(0),
      health: anyHealth,
      repair: anyRepair,
    },
    { requiredKeys: ["slug", "generation", "status", "updatedAt", "resources", "deletions"] },
  );

export const anyJudgedRow: fc.Arbitrary<JudgedRow> = fc
  .tuple(anyRow(), fc.constantFrom("ready" as const, "degraded" as const))
  .map(([row, status]) => ({ ...row, status }));

export const connected = { status: "healthy", connections: 4 } as const;
export const well: Facts = { tunnel: connected, instance: running, probe: served };
