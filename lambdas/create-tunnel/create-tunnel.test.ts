import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { tunnels } from "../../core/cloudflare/tunnels.ts";
import { CloudflareUnavailableError, TenantSupersededError } from "../../core/errors.ts";
import {
  ACCOUNT,
  startTestCloudflare,
  type TestCloudflare,
} from "../../test/support/cloudflare/test-cloudflare.ts";
import { testAccess } from "../../test/support/cloudflare-access.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryParameters } from "../../test/support/memory/memory-parameters.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { incarnation, sampleRow, taskInput, taskInputOf } from "../../test/support/sample.ts";
import { createTunnel } from "./create-tunnel.ts";

const CREATE = "POST /accounts/{account_id}/cfd_tunnel";
const env = {
  STAGE: "test",
  BASE_DOMAIN: "example.test",
  CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
  PARAMETER_KEY_ID: "key",
};
const tokenParameter = `/warren/test/tenants/acme/${incarnation.generation}/tunnel-token`;

describe("create-tunnel", () => {
  let cloudflare: TestCloudflare;

  beforeAll(async () => {
    cloudflare = await startTestCloudflare();
  });
  beforeEach(() => cloudflare.admin.reset());
  afterAll(() => cloudflare.close());

  const world = (row = sampleRow()) => ({
    env,
    tenants: memoryTenants([row]),
    parameters: memoryParameters(),
    tunnels: tunnels(testAccess(cloudflare.apiUrl), ACCOUNT),
  });
  type World = ReturnType<typeof world>;

  const tokenAtCloudflare = (id: string): Promise<string> =>
    cloudflare.client.zeroTrust.tunnels.cloudflared.token.get(id, { account_id: ACCOUNT });

  /** One tunnel, its route set, its token in the parameter, its id in the row: whatever happened before. */
  const assessComplete = async (output: { tunnelId: string }, deps: World): Promise<void> => {
    const { tunnels: existing } = await cloudflare.admin.state();
    expect(existing).toMatchObject([{ id: output.tunnelId }]);
    expect(existing[0]?.configVersion).toBeGreaterThan(0);
    const stored = deps.parameters.stored.get(tokenParameter);
    expect(stored?.value).toBe(await tokenAtCloudflare(output.tunnelId));
    expect(stored?.tags).toMatchObject({
      "warren:slug": "acme",
      "warren:generation": incarnation.generation,
    });
    expect(deps.tenants.rows.get("acme")).toMatchObject({
      steps: { "Create Tunnel": expect.any(String) },
      resources: { tunnelId: output.tunnelId },
    });
  };

  it("makes the tunnel, its token and its route in two Cloudflare calls", async () => {
    const deps = world();

    const output = await createTunnel(taskInput, deps);

    expect((await cloudflare.admin.calls()).total).toBe(2);
    await assessComplete(output, deps);
  });

  it("sends requests for the tenant's hostname to the application on the machine's loopback", async () => {
    const { tunnelId } = await createTunnel(taskInput, world());

    const { cloudflared } = cloudflare.client.zeroTrust.tunnels;
    const { config } = await cloudflared.configurations.get(tunnelId, { account_id: ACCOUNT });
    expect(config?.ingress).toEqual([
      { hostname: "acme.example.test", service: "http://localhost:8080" },
      { service: "http_status:404" },
    ]);
  });

  it("converges when it crashes after any of its effects", async () => {
    const fresh = async () => {
      await cloudflare.admin.reset();
      return world();
    };

    // create, put, route, record
    expect(await surviveCrashes(fresh, (deps) => createTunnel(taskInput, deps), assessComplete)).toBe(4);
  });

  it("adopts the tunnel that it made when Cloudflare's answer was lost", async () => {
    const deps = world();
    await cloudflare.admin.addFault({ endpoint: CREATE, effect: { kind: "lost-answer" } });

    await expect(createTunnel(taskInput, deps)).rejects.toBeInstanceOf(CloudflareUnavailableError);
    const output = await createTunnel(taskInput, deps);

    await assessComplete(output, deps);
  });

  it("does not take the tunnel of an earlier generation for its own", async () => {
    await createTunnel(taskInput, world());
    const next = { slug: "acme", generation: "01KZZZZZZZ5X0H3V0PM8NYQJ5D" };

    await createTunnel(taskInputOf(next), world(sampleRow(next)));

    expect((await cloudflare.admin.state()).tunnels).toHaveLength(2);
  });

  it("says so when the row is no longer its own", async () => {
    const creating = createTunnel(taskInput, world(sampleRow({ status: "deleting" })));

    await expect(creating).rejects.toBeInstanceOf(TenantSupersededError);
  });

  it("hands on no token: not in its output, the row, or an error", async () => {
    const deps = world();
    const output = await createTunnel(taskInput, deps);
    const broken = { ...deps, tenants: memoryTenants() };

    const failure = await createTunnel(taskInput, broken).catch((error) => error);

    const token = await tokenAtCloudflare(output.tunnelId);
    const { s: secret } = JSON.parse(Buffer.from(token, "base64").toString());
    const shown = JSON.stringify([output, [...deps.tenants.rows], failure.message, failure.stack]);
    expect(failure).toBeInstanceOf(TenantSupersededError);
    for (const hidden of [token, secret]) expect(shown).not.toContain(hidden);
  });
});
