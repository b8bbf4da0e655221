import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect as connectPlain } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ACCOUNT } from "../../../test/support/cloudflare/test-cloudflare.ts";
import { PATIENCE, TestFleet } from "../../../test/support/connector/test-fleet.ts";

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.start();
});
afterAll(() => fleet?.close());

const account = { account_id: ACCOUNT };
const status = async (id: string) => (await fleet.tunnels.get(id, account)).status;
const deleteWithConnections = (id: string) =>
  fleet.cloudflare.client.delete(`/accounts/${ACCOUNT}/cfd_tunnel/${id}?cascade=true`);

describe("the life of a connection", () => {
  test("a tunnel is inactive, healthy, then down", async () => {
    const tunnel = await fleet.publish("phases");
    const phases = [await status(tunnel.id)];

    const connector = await fleet.run(tunnel.token);
    await fleet.configured(tunnel.id, [1]);
    phases.push(await status(tunnel.id));
    await connector.stop("SIGTERM");
    phases.push(await status(tunnel.id));

    expect(phases).toEqual(["inactive", "healthy", "down"]);
  });

  test("a tunnel is not deleted from under a connector: 1022, unless cascading", async () => {
    const { tunnel } = await fleet.connect("busy");

    const refused = fleet.tunnels.delete(tunnel.id, account);

    await expect(refused).rejects.toMatchObject({ status: 400, errors: [{ code: 1022 }] });
    await deleteWithConnections(tunnel.id);
    expect((await fleet.tunnels.get(tunnel.id, account)).deleted_at).not.toBeNull();
    expect(await fleet.connections(tunnel.id)).toEqual([]);
  });

  test("a tunnel whose connections were deleted can be deleted before its connector is back", async () => {
    const { tunnel } = await fleet.connect("removed");

    await fleet.tunnels.connections.delete(tunnel.id, account);
    await fleet.tunnels.delete(tunnel.id, account);

    expect((await fleet.tunnels.get(tunnel.id, account)).deleted_at).not.toBeNull();
  });

  test("deleting the connections of one client leaves the others", async () => {
    const { tunnel } = await fleet.connect("pair");
    await fleet.run(tunnel.token);
    await fleet.configured(tunnel.id, [1, 1]);
    const [first, second] = await fleet.connections(tunnel.id);

    await fleet.tunnels.connections.delete(tunnel.id, { ...account, client_id: first?.clientId ?? "" });

    const left = (await fleet.connections(tunnel.id)).map(({ id }) => id);
    expect(left).toContain(second?.id);
    expect(left).not.toContain(first?.id);
  });

  test("a connector whose tunnel was deleted is refused as unknown, in Cloudflare's words", async () => {
    const { tunnel, connector } = await fleet.connect("orphan");

    await deleteWithConnections(tunnel.id);

    await vi.waitFor(() => expect(connector.log()).toContain("Unauthorized: Tunnel not found"), PATIENCE);
    expect(await fleet.connections(tunnel.id)).toEqual([]);
  });

  test("a rotated secret leaves the connected connector, and refuses its old token", async () => {
    const { tunnel, connector } = await fleet.connect("rotated");

    await fleet.tunnels.edit(tunnel.id, {
      ...account,
      tunnel_secret: Buffer.alloc(32, 7).toString("base64"),
    });
    const during = await fleet.visit(tunnel.hostname, "/");
    await fleet.tunnels.connections.delete(tunnel.id, account);

    expect(during.status).toBe(200);
    await vi.waitFor(
      () => expect(connector.log()).toContain("Unauthorized: Invalid tunnel secret"),
      PATIENCE,
    );
    expect((await fleet.visit(tunnel.hostname, "/")).status).toBe(530);
  });

  test("a tunnel of another account is unknown", async () => {
    const { token } = await fleet.publish("foreign");
    const parts = JSON.parse(Buffer.from(token, "base64").toString());
    const foreign = Buffer.from(JSON.stringify({ ...parts, a: randomUUID() })).toString("base64");

    const connector = await fleet.run(foreign);

    await vi.waitFor(() => expect(connector.log()).toContain("Unauthorized: Tunnel not found"), PATIENCE);
  });
});

describe("what is not a connector", () => {
  const dial = async (servername: string): Promise<TLSSocket> => {
    const [host = "", port] = fleet.cloudflare.tunnelAddress.split(":");
    const ca = await readFile(fleet.cloudflare.caFile);
    return connect({ host, port: Number(port), ca, servername });
  };
  const stillServes = async () => expect((await fleet.visit("nobody.example.test", "/")).status).toBe(530);

  test("a client that checks the certificate finds the edge's name in it, and no other", async () => {
    const socket = await dial("h2.cftunnel.com");
    await once(socket, "secureConnect");
    const wrongName = await dial("example.com");

    await expect(once(wrongName, "secureConnect")).rejects.toThrow(/altnames/);
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });

  test("TLS without HTTP/2 behind it is cut off", async () => {
    const socket = await dial("h2.cftunnel.com");
    socket.on("error", () => undefined);
    await once(socket, "secureConnect");

    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    socket.resume();
    await once(socket, "close");

    await stillServes();
  });

  test("bytes without TLS are cut off", async () => {
    const socket = connectPlain(Number(fleet.cloudflare.tunnelAddress.split(":")[1]), "127.0.0.1");
    socket.on("error", () => undefined).resume();

    socket.write("hello, is this a tunnel?\r\n\r\n");
    await once(socket, "close");

    await stillServes();
  });
});
