// The tenant that tests are about, and the environment they give to tasks.
import type { ProbeResult } from "../../core/edge/probe.ts";
import type { Incarnation } from "../../core/tenant/names.ts";
import type { Tenant, TenantRepair } from "../../core/tenant/tenant.ts";

export const incarnation = { slug: "acme", generation: "01KASMPMXW5X0H3V0PM8NYQJ5D" };
export const earlier = { slug: "acme", generation: "01KAAAAAAA5X0H3V0PM8NYQJ5D" };
export const tenantKey = { stage: "test", ...incarnation };
/** What the wrapper gives to every task of a tenant's. */
export const taskInputOf = (of: Incarnation) => ({ ...of, key: { stage: "test", ...of } });
export const taskInput = taskInputOf(incarnation);

/** What a probe finds when the tenant's own machine answers. */
export const served: ProbeResult = {
  kind: "ok",
  answer: {
    machine: "0".repeat(64),
    application: `sha256:${"0".repeat(64)}`,
    settings: "0",
    state: "serving",
  },
};

export const sampleRow = (changes: Partial<Tenant> = {}): Tenant => ({
  ...incarnation,
  status: "provisioning",
  createdAt: "2026-11-22T12:00:00.000Z",
  updatedAt: "2026-11-22T12:00:00.000Z",
  steps: {},
  resources: {},
  deletions: 0,
  ...changes,
});

/** The tenant under its first repair, which a sweep has just begun. */
export const repairingRow = (
  changes: Partial<Tenant> = {},
  repair: Partial<TenantRepair> = {},
): Tenant & { repair: TenantRepair } => ({
  ...sampleRow({
    status: "repairing",
    resources: { instanceId: "i-1", availabilityZone: "zone-a", volumeId: "vol-1" },
    ...changes,
  }),
  repair: {
    attempt: 1,
    failures: 0,
    resumed: 0,
    startedAt: "2026-11-22T12:00:00.000Z",
    reason: "no connector is connected",
    ...repair,
  },
});
