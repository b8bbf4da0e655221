// What is ours alone: the contract it shares with cloudflared is transport.test.ts.
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ACCOUNT, startTestCloudflare } from "../../test/support/cloudflare/test-cloudflare.ts";
import { OURS } from "../../test/support/connector/test-connector.ts";
import { PATIENCE, TestFleet } from "../../test/support/connector/test-fleet.ts";

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.start();
});
afterAll(() => fleet?.close());

const account = { account_id: ACCOUNT };

describe("as a program", () => {
  const line = ["tunnel", "--edge", "127.0.0.1:1", "--cacert", "/dev/null", "run", "--token-file"];

  test.each([
    ["an unknown command", ["tunnel", "list"], /only "tunnel run" exists[\s\S]*usage:/],
    ["an unreadable token file", [...line, "/nowhere"], /Failed to read token file: ENOENT/],
    ["a token that is none", [...line, "/dev/null"], /Provided Tunnel token is not valid: \/dev\/null/],
  ])("exits 1 on %s, saying so without a stack", (_what, args, message) => {
    const { status, stderr } = spawnSync(OURS.command, [...OURS.args, ...args], { encoding: "utf8" });

    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("    at ");
  });

  test("exits 1 on an unreadable authority", async () => {
    const { token } = await fleet.publish("noca");

    const connector = await fleet.run(token, ["--cacert", "/nowhere"]);
    const [code] = await once(connector.process, "exit");

    expect(code).toBe(1);
    expect(connector.log()).toContain("cannot read the edge's authority (--cacert): ENOENT");
  });

  test("exits 1 if its metrics port is taken", async () => {
    const squatter = createServer().listen(0, "127.0.0.1");
    await once(squatter, "listening");
    const { port } = squatter.address() as { port: number };
    const { token } = await fleet.publish("metrics");

    const connector = await fleet.run(token, ["--metrics", `127.0.0.1:${port}`]);
    const [code] = await once(connector.process, "exit");
    squatter.close();

    expect(code).toBe(1);
    expect(connector.log()).toContain(`Error opening metrics server listener (--metrics 127.0.0.1:${port})`);
  });

  test("its log holds no secret", async () => {
    const { tunnel, connector } = await fleet.connect("discreet");
    const { s } = JSON.parse(Buffer.from(tunnel.token, "base64").toString());

    await connector.stop("SIGTERM");

    expect(connector.log()).toContain("Registered tunnel connection");
    expect(connector.log()).not.toContain(s);
    expect(connector.log()).not.toContain(tunnel.token);
  });
});

describe("its edge", () => {
  test("is not served if it cannot be verified", async () => {
    const other = await startTestCloudflare();
    const { id, token } = await fleet.publish("unverified");

    const connector = await fleet.run(token, ["--cacert", other.caFile]);

    await vi.waitFor(() => expect(connector.log()).toMatch(/Lost connection.*certificate/), PATIENCE);
    expect(await fleet.connections(id)).toEqual([]);
    await other.close();
  });

  test("is waited for, and left at once when the connector is told to", async () => {
    const gone = await startTestCloudflare();
    await gone.close();
    const { token } = await fleet.publish("waiting");
    const { caFile } = fleet.cloudflare;
    const connector = await fleet.run(token, [], { ...gone, caFile });
    await vi.waitFor(() => expect(connector.log()).toContain("Retrying connection"), PATIENCE);

    const response = await fetch(`${await connector.metricsUrl()}/ready`);

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: 503, readyConnections: 0 });
    expect(await connector.stop("SIGTERM")).toBe(0);
  });

  test("may have several connections of one client", async () => {
    const tunnel = await fleet.publish("several");

    const connector = await fleet.run(tunnel.token, ["--ha-connections", "3"]);
    await fleet.configured(tunnel.id, [1, 1, 1]);
    const ready = await (await fetch(`${await connector.metricsUrl()}/ready`)).json();
    const clients = (await fleet.tunnels.connections.get(tunnel.id, account)).result;

    expect(ready).toMatchObject({ readyConnections: 3 });
    expect(clients.map(({ conns }) => conns?.length)).toEqual([3]);
  });
});

test("--origin stands in for localhost", async () => {
  const tunnel = await fleet.publish("moved", "http://localhost:8080");
  await fleet.run(tunnel.token, ["--origin", fleet.origin.url]);
  await fleet.configured(tunnel.id, [1]);

  const answer = await fleet.visit(tunnel.hostname, "/");

  expect(JSON.parse(answer.body.toString())).toMatchObject({ name: "app" });
});

test("a configuration it cannot serve leaves the one before in force", async () => {
  const { tunnel, connector } = await fleet.connect("kept");
  const ingress = [{ service: "ssh://localhost:22" }] as { hostname: string; service: string }[];

  await fleet.tunnels.configurations.update(tunnel.id, { ...account, config: { ingress } });
  await vi.waitFor(() => expect(connector.log()).toContain("Failed to update ingress"), PATIENCE);

  expect((await fleet.visit(tunnel.hostname, "/")).status).toBe(200);
  expect((await fleet.connections(tunnel.id))[0]?.configVersion).toBe(1);
});
