import { describe, expect, it } from "vitest";
import type { ProbeResult, ProbeTarget } from "../../core/edge/probe.ts";
import { NotServedYetError, ProbeFailedError, TenantSupersededError } from "../../core/errors.ts";
import { ASKS_FOR } from "../../core/machine/first-answer.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, incarnation, sampleRow, served } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { probeTenant } from "./probe-tenant.ts";

const input = { ...incarnation, since: "2026-11-22T12:00:00.000Z" };

/** @param troubles what the edge answers in turn, the last one for ever */
const world = (troubles: string[], row = sampleRow()) => {
  const asked: string[] = [];
  return {
    asked,
    env: { BASE_DOMAIN: "example.test", HEALTH_PATH: "/health", FIRST_ANSWER_SECONDS: 600 },
    tenants: memoryTenants([row]),
    clock: stillClock(),
    edge: {
      probe: async ({ hostname, path }: ProbeTarget): Promise<ProbeResult> => {
        asked.push(`${hostname}${path}`);
        const words = troubles[Math.min(asked.length, troubles.length) - 1];
        if (!words) return served;
        return { kind: words.includes("starting") ? "starting" : "unknown", words };
      },
    },
  };
};

describe("probe-tenant", () => {
  it("is done at the first 200 on the tenant's own hostname", async () => {
    const deps = world([""]);

    expect(await probeTenant(input, deps)).toEqual({ elapsedMs: 0 });
    expect(deps.asked).toEqual(["acme.example.test/health"]);
    expect(deps.tenants.rows.get("acme")?.steps).toHaveProperty("Probe Tenant");
  });

  it("asks again, with growing pauses, until it is served", async () => {
    const deps = world(["no connector", "no connector", "refused", ""]);

    const { elapsedMs } = await probeTenant(input, deps);

    expect(deps.asked).toHaveLength(4);
    expect(elapsedMs).toBe(500 + 750 + 1125);
  });

  it("gives up for now, in less than a minute, and says what it saw last", async () => {
    const deps = world(["no connector", "502, refused"]);
    const start = deps.clock.now();

    const probing = probeTenant(input, deps);

    await expect(probing).rejects.toBeInstanceOf(NotServedYetError);
    await expect(probing).rejects.toThrow(
      "https://acme.example.test/health is not served yet: 502, refused.",
    );
    expect(deps.clock.now() - start).toBeLessThan(50_000);
    expect(deps.tenants.rows.get("acme")?.steps).toEqual({});
  });

  it.each([
    ["no connector", 9, NotServedYetError],
    ["no connector", 10, ProbeFailedError],
    ["its application is starting", 59, NotServedYetError],
    ["its application is starting", 60, ProbeFailedError],
  ])("of one that says '%s' after %i minutes, throws what is right", async (words, minutes, error) => {
    const deps = world([words]);
    // A last pause that would end too late is not made.
    await deps.clock.sleep(minutes * 60_000 - ASKS_FOR + 2_000);

    await expect(probeTenant(input, deps)).rejects.toBeInstanceOf(error);
  });

  it.each([
    ["is being deleted", sampleRow({ status: "deleting" })],
    ["is of another generation", sampleRow(earlier)],
  ])("does not wait for a tenant whose row %s", async (_, row) => {
    const deps = world([""], row);

    await expect(probeTenant(input, deps)).rejects.toBeInstanceOf(TenantSupersededError);
    expect(deps.asked).toEqual([]);
  });
});
