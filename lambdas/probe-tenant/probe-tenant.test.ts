import { describe, expect, it } from "vitest";
import type { ProbeResult, ProbeTarget } from "../../core/edge/probe.ts";
import { ProbeFailedError, TenantSupersededError } from "../../core/errors.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, incarnation, sampleRow, served } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { probeTenant } from "./probe-tenant.ts";

/** @param troubles what the edge answers in turn, the last one for ever */
const world = (troubles: string[], row = sampleRow()) => {
  const asked: string[] = [];
  return {
    asked,
    env: { BASE_DOMAIN: "example.test", HEALTH_PATH: "/health" },
    tenants: memoryTenants([row]),
    clock: stillClock(),
    edge: {
      probe: async ({ hostname, path }: ProbeTarget): Promise<ProbeResult> => {
        asked.push(`${hostname}${path}`);
        const words = troubles[Math.min(asked.length, troubles.length) - 1];
        return words ? { kind: "unknown", words } : served;
      },
    },
  };
};

describe("probe-tenant", () => {
  it("is done at the first 200 on the tenant's own hostname", async () => {
    const deps = world([""]);

    expect(await probeTenant(incarnation, deps)).toEqual({ elapsedMs: 0 });
    expect(deps.asked).toEqual(["acme.example.test/health"]);
    expect(deps.tenants.rows.get("acme")?.steps).toHaveProperty("Probe Tenant");
  });

  it("asks again, with growing pauses, until it is served", async () => {
    const deps = world(["no connector", "no connector", "refused", ""]);

    const { elapsedMs } = await probeTenant(incarnation, deps);

    expect(deps.asked).toHaveLength(4);
    expect(elapsedMs).toBe(500 + 750 + 1125);
  });

  it("gives up for now, in less than a minute, and says what it saw last", async () => {
    const deps = world(["no connector", "502, refused"]);
    const start = deps.clock.now();

    const probing = probeTenant(incarnation, deps);

    await expect(probing).rejects.toBeInstanceOf(ProbeFailedError);
    await expect(probing).rejects.toThrow(
      "https://acme.example.test/health is not served yet: 502, refused.",
    );
    expect(deps.clock.now() - start).toBeLessThan(50_000);
    expect(deps.tenants.rows.get("acme")?.steps).toEqual({});
  });

  it.each([
    ["is being deleted", sampleRow({ status: "deleting" })],
    ["is of another generation", sampleRow(earlier)],
  ])("does not wait for a tenant whose row %s", async (_, row) => {
    const deps = world([""], row);

    await expect(probeTenant(incarnation, deps)).rejects.toBeInstanceOf(TenantSupersededError);
    expect(deps.asked).toEqual([]);
  });
});
