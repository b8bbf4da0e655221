import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { tunnels } from "../../core/cloudflare/tunnels.ts";
import { CloudflareUnavailableError, TunnelBusyError } from "../../core/errors.ts";
import { tunnelName } from "../../core/tenant/names.ts";
import {
  ACCOUNT,
  startTestCloudflare,
  type TestCloudflare,
} from "../../test/support/cloudflare/test-cloudflare.ts";
import { testAccess } from "../../test/support/cloudflare-access.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, sampleRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { deleteTunnel } from "./delete-tunnel.ts";

const SECRET = Buffer.alloc(32, 7).toString("base64");
const connected = (times: number) => ({
  endpoint: "DELETE /accounts/{account_id}/cfd_tunnel/{tunnel_id}",
  times,
  effect: {
    kind: "status" as const,
    status: 400,
    body: {
      success: false,
      errors: [{ code: 1022, message: "active connections" }],
      messages: [],
      result: null,
    },
  },
});

describe("delete-tunnel", () => {
  let cloudflare: TestCloudflare;

  beforeAll(async () => {
    cloudflare = await startTestCloudflare();
  });
  beforeEach(() => cloudflare.admin.reset());
  afterAll(() => cloudflare.close());

  const world = () => ({
    tenants: memoryTenants([sampleRow({ status: "deleting" })]),
    tunnels: tunnels(testAccess(cloudflare.apiUrl), ACCOUNT),
  });
  const left = async () => (await cloudflare.admin.state()).tunnels.map(({ name }) => name);

  it("deletes the tunnel of this generation, and no other", async () => {
    const deps = world();
    const others = [
      tunnelName({ stage: "test", ...earlier }),
      tunnelName({ ...tenantKey, stage: "prod" }),
      "mine",
    ];
    const id = await deps.tunnels.create(tunnelName(tenantKey), SECRET);
    for (const other of others) await deps.tunnels.create(other, SECRET);

    const output = await deleteTunnel(taskInput, deps);

    expect(output).toEqual({ deleted: [{ kind: "tunnel", id }] });
    expect((await left()).toSorted()).toEqual(others.toSorted());
    expect(deps.tenants.rows.get("acme")?.steps).toHaveProperty("Delete Tunnel");
  });

  it("deletes the row's tunnel that was renamed, and the one of its name", async () => {
    const deps = world();
    const renamed = await deps.tunnels.create("old-acme", SECRET);
    const named = await deps.tunnels.create(tunnelName(tenantKey), SECRET);
    deps.tenants = memoryTenants([sampleRow({ status: "deleting", resources: { tunnelId: renamed } })]);

    const output = await deleteTunnel(taskInput, deps);

    expect(output.deleted.map(({ id }) => id).toSorted()).toEqual([named, renamed].toSorted());
    expect(await left()).toEqual([]);
  });

  it("believes no half listing", async () => {
    const deps = world();
    await deps.tunnels.create(tunnelName(tenantKey), SECRET);
    await cloudflare.admin.addFault({
      endpoint: "GET /accounts/{account_id}/cfd_tunnel",
      effect: { kind: "half-listing" },
    });

    await expect(deleteTunnel(taskInput, deps)).rejects.toBeInstanceOf(CloudflareUnavailableError);
    await deleteTunnel(taskInput, deps);

    expect(await left()).toEqual([]);
  });

  it("finds by its id the tunnel that a listing has lost without saying so", async () => {
    const deps = world();
    const tunnelId = await deps.tunnels.create(tunnelName(tenantKey), SECRET);
    deps.tenants = memoryTenants([sampleRow({ status: "deleting", resources: { tunnelId } })]);
    await cloudflare.admin.addFault({
      endpoint: "GET /accounts/{account_id}/cfd_tunnel",
      effect: { kind: "half-listing", honest: false },
    });

    await deleteTunnel(taskInput, deps);

    expect(await left()).toEqual([]);
  });

  it("is done where there is no tunnel, and no row", async () => {
    const output = await deleteTunnel(taskInput, { ...world(), tenants: memoryTenants() });

    expect(output).toEqual({ deleted: [] });
  });

  it("drops the connections again when a connector came back", async () => {
    const deps = world();
    await deps.tunnels.create(tunnelName(tenantKey), SECRET);
    await cloudflare.admin.addFault(connected(1));

    await deleteTunnel(taskInput, deps);

    expect(await left()).toEqual([]);
  });

  it("leaves a connector that keeps coming back to a later try", async () => {
    const deps = world();
    await deps.tunnels.create(tunnelName(tenantKey), SECRET);
    await cloudflare.admin.addFault(connected(2));

    await expect(deleteTunnel(taskInput, deps)).rejects.toBeInstanceOf(TunnelBusyError);
    await deleteTunnel(taskInput, deps);

    expect(await left()).toEqual([]);
  });

  it("converges when it crashes after any of its effects", async () => {
    const fresh = async () => {
      await cloudflare.admin.reset();
      const deps = world();
      await deps.tunnels.create(tunnelName(tenantKey), SECRET);
      return deps;
    };

    const effects = await surviveCrashes(
      fresh,
      (deps) => deleteTunnel(taskInput, deps),
      async () => expect(await left()).toEqual([]),
    );

    // read the row, find, drop, delete, record
    expect(effects).toBe(5);
  });
});
