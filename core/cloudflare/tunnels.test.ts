import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  ACCOUNT,
  startTestCloudflare,
  type TestCloudflare,
} from "../../test/support/cloudflare/test-cloudflare.ts";
import { testAccess } from "../../test/support/cloudflare-access.ts";
import { OURS, startConnector } from "../../test/support/connector/test-connector.ts";
import { TunnelBusyError } from "../errors.ts";
import { type Tunnels, tunnels as tunnelsOf } from "./tunnels.ts";

const SECRET = Buffer.alloc(32, 7).toString("base64");

describe("tunnels at Cloudflare", () => {
  let cloudflare: TestCloudflare;
  let tunnels: Tunnels;

  beforeAll(async () => {
    cloudflare = await startTestCloudflare();
    tunnels = tunnelsOf(testAccess(cloudflare.apiUrl), ACCOUNT);
  });
  beforeEach(() => cloudflare.admin.reset());
  afterAll(() => cloudflare.close());

  const created = async (name: string): Promise<string> => (await tunnels.create(name, SECRET)) ?? "";

  it("creates a tunnel with the given secret, managed at Cloudflare", async () => {
    const id = await created("one");

    const token = JSON.parse(Buffer.from(await tunnels.token(id), "base64").toString());
    expect(token).toEqual({ a: ACCOUNT, t: id, s: SECRET });
  });

  it("creates none of a name that is taken, and finds the one that has it", async () => {
    const first = await created("one");
    await created("one-more");

    const second = await tunnels.create("one", SECRET);

    expect(second).toBeUndefined();
    expect(await tunnels.find("one")).toBe(first);
  });

  it("finds no tunnel that was deleted", async () => {
    await tunnels.delete(await created("one"));

    expect(await tunnels.find("one")).toBeUndefined();
  });

  it("sets the ingress rules, with the catch-all last", async () => {
    const id = await created("one");

    await tunnels.route(id, "acme.example.test", "http://localhost:8080");

    const { config } = await cloudflare.client.zeroTrust.tunnels.cloudflared.configurations.get(id, {
      account_id: ACCOUNT,
    });
    expect(config?.ingress).toEqual([
      { hostname: "acme.example.test", service: "http://localhost:8080" },
      { service: "http_status:404" },
    ]);
  });

  it("deletes a tunnel only once its connections are dropped", async () => {
    const id = await created("one");
    const connector = await startConnector(cloudflare, OURS, await tunnels.token(id));
    await expect
      .poll(async () => (await cloudflare.admin.state()).connections.length, { timeout: 10_000 })
      .toBe(1);

    await expect(tunnels.delete(id)).rejects.toBeInstanceOf(TunnelBusyError);
    await connector.stop("SIGKILL");
    await tunnels.dropConnections(id);
    await tunnels.delete(id);

    expect((await cloudflare.admin.state()).tunnels).toEqual([]);
  });

  it("counts an unknown tunnel as dropped and deleted", async () => {
    const unknown = "00000000-0000-4000-8000-000000000000";

    await tunnels.dropConnections(unknown);
    await tunnels.delete(unknown);

    expect((await cloudflare.admin.state()).tunnels).toEqual([]);
  });
});
