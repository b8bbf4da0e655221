import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TenantKey, tunnelName } from "../../core/tenant/names.ts";
import type { FaultOrder } from "../../local/cloudflare/api/faults.ts";
import {
  type SeededCloudflare,
  seedTunnels,
  startSeededCloudflare,
} from "../../test/support/cloudflare/test-fleet.ts";
import { testAccess } from "../../test/support/cloudflare-access.ts";
import { fleetTenants } from "../../test/support/ec2/test-fleet.ts";
import { sampleRow } from "../../test/support/sample.ts";
import type { FleetRow } from "./facts.ts";
import { fleetTunnels } from "./fleet-tunnels.ts";

const LIST = "GET /accounts/{account_id}/cfd_tunnel";
const READ = "GET /accounts/{account_id}/cfd_tunnel/{tunnel_id}";

/** More than two pages. */
const tenants = fleetTenants("test", 2_050);

describe("the tunnels of the fleet", () => {
  let cloudflare: SeededCloudflare;
  let idOf: Map<string, string>;

  beforeAll(async () => {
    cloudflare = await startSeededCloudflare({ names: [] });
  });
  beforeEach(async () => {
    await cloudflare.admin.reset();
    seed(tenants);
  });
  afterAll(() => cloudflare.close());

  const seed = (of: TenantKey[]) => {
    seedTunnels(cloudflare.state, of.map(tunnelName));
    idOf = new Map([...cloudflare.state.tunnels.values()].map(({ name, id }) => [name, id]));
  };
  const rowOf = ({ slug, generation, stage }: TenantKey): FleetRow => {
    const tunnelId =
      idOf.get(tunnelName({ slug, generation, stage })) ?? "00000000-0000-4000-8000-000000000000";
    return { ...sampleRow({ status: "ready", resources: { tunnelId } }), slug, generation };
  };
  const read = async (of = tenants, initials?: string[], rows = of.map(rowOf)) => {
    const access = testAccess(cloudflare.apiUrl, cloudflare.token);
    const report = await fleetTunnels("test", cloudflare.accountId, access).read(rows, initials);
    const facts = rows.map((row) => report.of(row));
    const withStatus = facts.map((fact) => (typeof fact === "string" ? fact : fact.status));
    const count = (status: string) => withStatus.filter((one) => one === status).length;
    return {
      ...report,
      facts,
      count,
      healthy: count("healthy"),
      unknown: count("unknown"),
      missing: count("missing"),
    };
  };
  const remove = (tenant: TenantKey | undefined, forgotten = false) => {
    const tunnel = [...cloudflare.state.tunnels.values()].find(
      ({ name }) => tenant && name === tunnelName(tenant),
    );
    if (tunnel && forgotten) cloudflare.state.tunnels.delete(tunnel.id);
    if (tunnel) tunnel.deletedAt = "2026-11-22T12:00:00Z";
  };
  const fail = (order: Omit<FaultOrder, "endpoint">) =>
    cloudflare.admin.addFault({ endpoint: LIST, ...order });

  it("are all known for one call a page", async () => {
    const report = await read();

    expect(report.healthy).toBe(2_050);
    expect(report.facts[7]).toEqual({ status: "healthy", connections: 4 });
    expect(report).toMatchObject({ calls: 3, quotaLeft: 1_197 / 1_200 });
    expect(report).not.toHaveProperty("trouble");
    expect((await cloudflare.admin.calls()).total).toBe(3);
  });

  it.each([
    [0, 1],
    [1_000, 1],
    [2_000, 2],
  ])("are %i for %i calls", async (count, calls) => {
    await cloudflare.admin.reset();
    seed(tenants.slice(0, count));

    const report = await read(tenants.slice(0, count));

    expect(report).toMatchObject({ calls, healthy: count });
  });

  it("tell whose connector is gone", async () => {
    cloudflare.disconnect(tunnelName(tenants[5] as TenantKey));

    const { facts } = await read();

    expect(facts[5]).toEqual({ status: "down", connections: 0 });
  });

  it.each([
    ["deleted", false],
    ["not there any more", true],
  ])("are missing when they are %s, for one call more", async (_, forgotten) => {
    const rows = tenants.map(rowOf);
    remove(tenants[3], forgotten);

    const report = await read(tenants, undefined, rows);

    expect(report.facts[3]).toBe("missing");
    expect(report).toMatchObject({ healthy: 2_049, calls: 4 });
    expect(report).not.toHaveProperty("trouble");
  });

  it("are unknown where the listing lost one that is there", async () => {
    await fail({ nth: 2, effect: { kind: "half-listing", honest: false } });

    const report = await read();

    expect(report).toMatchObject({ healthy: 1_550, unknown: 500, missing: 0, calls: 4 });
    expect(report.trouble).toMatch(
      /^Cloudflare's listing lacks the tunnel warren-test-.*, which is there\.$/,
    );
  });

  it("are unknown where a page says itself that it is cut short", async () => {
    await fail({ nth: 3, effect: { kind: "half-listing", honest: true } });

    const report = await read();

    expect(report).toMatchObject({ healthy: 2_025, unknown: 25, missing: 0, calls: 3 });
    expect(report.trouble).toContain("gave 25 of 50 tunnels to: list the tunnels warren-test-…, page 3");
  });

  it.each<[string, FaultOrder["effect"], RegExp]>([
    ["500", { kind: "status", status: 500 }, /answered 500/],
    ["429", { kind: "status", status: 429 }, /answered 429/],
    ["403", { kind: "status", status: 403 }, /answered 403/],
    ["garbage", { kind: "garbage" }, /no usable answer/],
    ["nothing", { kind: "lost-answer" }, /no usable answer/],
    ["no JSON object", { kind: "status", status: 400, body: "[null]" }, /answered 400/],
  ])(
    "are unknown where page 2 of 3 is answered with %s, and known from the others",
    async (_, effect, words) => {
      await fail({ nth: 2, effect });

      const report = await read();

      expect(report).toMatchObject({ healthy: 1_050, unknown: 1_000, missing: 0, calls: 3 });
      expect(report.trouble).toMatch(words);
      expect(report.trouble).not.toContain("What to do");
    },
  );

  it("are unknown altogether without a first page, and no call is wasted on the rest", async () => {
    await fail({ effect: { kind: "status", status: 500 } });

    expect(await read()).toMatchObject({ healthy: 0, unknown: 2_050, missing: 0, calls: 1 });
  });

  it("are unknown when the one that is missing cannot be read", async () => {
    const rows = tenants.map(rowOf);
    remove(tenants[3]);
    await cloudflare.admin.addFault({ endpoint: READ, effect: { kind: "status", status: 500 } });

    const report = await read(tenants, undefined, rows);

    expect(report).toMatchObject({ healthy: 2_049, unknown: 1, missing: 0, calls: 4 });
  });

  it("ask about one that was not missing before, rather than about one that was", async () => {
    const health = { state: "down", cause: "tunnel", since: "2026-11-22T12:00:00Z", badSweeps: 2 } as const;
    const rows = tenants.map(rowOf).map((row, index) => (index === 3 ? { ...row, health } : row));
    remove(tenants[3]);
    await fail({ nth: 3, effect: { kind: "half-listing", honest: false } });

    const report = await read(tenants, undefined, rows);

    expect(report).toMatchObject({ missing: 0, unknown: 26 });
  });

  it("are looked for by the slugs' first characters in a fleet of several pages", async () => {
    const others = [
      { ...tenants[0], slug: "acme" } as TenantKey,
      { ...tenants[0], slug: "zeta" } as TenantKey,
    ];
    seed(others);

    const report = await read(others.slice(0, 1), ["a", "b"]);

    expect(report).toMatchObject({ healthy: 1, calls: 2 });
  });
});
