import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { dnsRecords } from "../../core/cloudflare/dns-records.ts";
import { tenantCname } from "../../core/cloudflare/tenant-record.ts";
import { tunnelService } from "../../core/cloudflare/tenant-tunnel.ts";
import { tunnels } from "../../core/cloudflare/tunnels.ts";
import { DnsRecordTakenError, TenantSupersededError } from "../../core/errors.ts";
import { dnsMarker, tunnelName, tunnelTokenParameter } from "../../core/tenant/names.ts";
import {
  ACCOUNT,
  startTestCloudflare,
  type TestCloudflare,
  ZONE,
} from "../../test/support/cloudflare/test-cloudflare.ts";
import { testAccess } from "../../test/support/cloudflare-access.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryParameters } from "../../test/support/memory/memory-parameters.ts";
import { memoryRepairs } from "../../test/support/memory/memory-repairs.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { repairingRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { correctRoute } from "./correct-route.ts";

const input = { ...taskInput, attempt: 1 };
const env = { BASE_DOMAIN: "example.test", CLOUDFLARE_ACCOUNT_ID: ACCOUNT, PARAMETER_KEY_ID: "key" };
const name = "acme.example.test";
const token = tunnelTokenParameter(tenantKey);
const account = { account_id: ACCOUNT };
const zone = { zone_id: ZONE.id };

describe("correct-route", () => {
  let cloudflare: TestCloudflare;

  beforeAll(async () => {
    cloudflare = await startTestCloudflare();
  });
  beforeEach(() => cloudflare.admin.reset());
  afterAll(() => cloudflare.close());

  const api = () => cloudflare.client.zeroTrust.tunnels.cloudflared;

  /** A tenant whose tunnel, rules, record and token are as they should be. */
  const world = async () => {
    const access = testAccess(cloudflare.apiUrl);
    const [ofTunnels, dns] = [tunnels(access, ACCOUNT), dnsRecords(access, ZONE.id)];
    const tunnelId =
      (await ofTunnels.create(tunnelName(tenantKey), Buffer.alloc(32, 7).toString("base64"))) ?? "";
    await ofTunnels.route(tunnelId, name, tunnelService);
    const dnsRecordId = await dns.create(tenantCname(tenantKey, tunnelId, env.BASE_DOMAIN));
    const row = repairingRow();
    const tenants = memoryTenants([{ ...row, resources: { ...row.resources, tunnelId, dnsRecordId } }]);
    const parameters = memoryParameters({ [token]: await ofTunnels.token(tunnelId) });
    return { env, tenants, repairs: memoryRepairs(tenants), tunnels: ofTunnels, dns, parameters };
  };
  type World = Awaited<ReturnType<typeof world>>;
  const resourcesOf = ({ tenants }: World) => tenants.rows.get("acme")?.resources ?? {};

  /** One tunnel of our name with our rules, its token stored, and one record of ours that leads to it. */
  const assessRight = async (deps: World): Promise<void> => {
    const { tunnelId = "", dnsRecordId } = resourcesOf(deps);
    const { tunnels: all, records } = await cloudflare.admin.state();
    expect(all).toMatchObject([{ id: tunnelId, name: tunnelName(tenantKey) }]);
    expect(await deps.tunnels.isRouted(tunnelId, name, tunnelService)).toBe(true);
    expect(deps.parameters.stored.get(token)?.value).toBe(await deps.tunnels.token(tunnelId));
    const content = `${tunnelId}.cfargotunnel.com`;
    expect(records).toMatchObject([
      { id: dnsRecordId, name, content, proxied: true, comment: dnsMarker(tenantKey) },
    ]);
  };

  it("changes nothing where nothing differs, in four calls", async () => {
    const deps = await world();
    await cloudflare.admin.clearCalls();

    expect(await correctRoute(input, deps)).toMatchObject({ outcome: "skipped" });
    expect((await cloudflare.admin.calls()).total).toBe(4);
    await assessRight(deps);
  });

  type Drift = (deps: World) => Promise<unknown>;
  const record = ({ tenants }: World) => tenants.rows.get("acme")?.resources.dnsRecordId ?? "";
  const tunnel = ({ tenants }: World) => tenants.rows.get("acme")?.resources.tunnelId ?? "";
  const edited =
    (changes: object): Drift =>
    async (deps) =>
      cloudflare.client.dns.records.edit(record(deps), {
        ...zone,
        ...{ name, type: "CNAME", ttl: 1 },
        ...changes,
      } as never);
  const drifts: Record<string, { by: Drift; outcome: "done" | "deferred"; detail: RegExp }> = {
    "a record that was deleted": {
      by: (deps) => cloudflare.client.dns.records.delete(record(deps), zone),
      outcome: "done",
      detail: /record acme.example.test was made anew/,
    },
    "a record that points elsewhere": {
      by: edited({ content: "elsewhere.example.org" }),
      outcome: "done",
      detail: /put back: it was CNAME elsewhere.example.org/,
    },
    "a record that is not proxied": {
      by: edited({ proxied: false }),
      outcome: "done",
      detail: /not proxied/,
    },
    "a record whose comment was edited": {
      by: edited({ comment: "do not touch" }),
      outcome: "done",
      detail: /record acme.example.test was put back/,
    },
    "rules that were replaced": {
      by: (deps) => deps.tunnels.route(tunnel(deps), name, "http://localhost:9999"),
      outcome: "done",
      detail: /rules of tunnel \S+ were put back/,
    },
    "rules that were lost": {
      by: (deps) =>
        api().configurations.update(tunnel(deps), {
          ...account,
          config: { ingress: [{ service: "http_status:404" } as never] },
        }),
      outcome: "done",
      detail: /rules of tunnel \S+ were put back/,
    },
    "a tunnel that was renamed": {
      by: (deps) => api().edit(tunnel(deps), { ...account, name: "old-acme" }),
      outcome: "done",
      detail: /has its name again: it was old-acme/,
    },
    "a tunnel whose secret was changed": {
      by: (deps) =>
        api().edit(tunnel(deps), { ...account, tunnel_secret: Buffer.alloc(32, 9).toString("base64") }),
      outcome: "deferred",
      detail: /token of tunnel \S+ was stored/,
    },
    "a tunnel that was deleted": {
      by: (deps) => deps.tunnels.delete(tunnel(deps)),
      outcome: "deferred",
      detail: /tunnel was gone, \S+ was made in its place.*rules.*record/,
    },
    "a token that was deleted": {
      by: async ({ parameters }) => parameters.stored.delete(token),
      outcome: "deferred",
      detail: /token of tunnel \S+ was stored/,
    },
  };

  it.each(Object.entries(drifts))("puts back %s, and says so", async (_, { by, outcome, detail }) => {
    const deps = await world();
    await by(deps);

    const output = await correctRoute(input, deps);

    expect(output).toEqual({ outcome, detail: expect.stringMatching(detail) });
    await assessRight(deps);
    expect(await correctRoute(input, deps)).toMatchObject({ outcome: "skipped" });
  });

  it.each(Object.entries(drifts))(
    "converges on %s when it crashes after any of its effects",
    async (_, { by }) => {
      const drifted = async () => {
        await cloudflare.admin.reset();
        const deps = await world();
        await by(deps);
        return deps;
      };

      const crashes = await surviveCrashes(
        drifted,
        (deps) => correctRoute(input, deps),
        (_, deps) => assessRight(deps),
      );

      expect(crashes).toBeGreaterThan(4);
    },
  );

  it("leaves a record alone that is not ours by now, and names it", async () => {
    const deps = await world();
    await edited({ content: "elsewhere.example.org", comment: "" })(deps);
    const before = (await cloudflare.admin.state()).records;

    const correcting = correctRoute(input, deps);

    await expect(correcting).rejects.toThrow(DnsRecordTakenError);
    await expect(correcting).rejects.toThrow(/CNAME elsewhere.example.org/);
    expect((await cloudflare.admin.state()).records).toEqual(before);
  });

  it("changes nothing for a repair that is over", async () => {
    const deps = await world();
    await deps.tunnels.delete(tunnel(deps));
    await cloudflare.admin.clearCalls();

    await expect(correctRoute({ ...input, attempt: 2 }, deps)).rejects.toThrow(TenantSupersededError);
    expect((await cloudflare.admin.calls()).total).toBe(0);
  });
});
