import { lookup } from "node:dns";
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { edge } from "../../../core/edge/edge.ts";
import { ACCOUNT, ZONE } from "../../../test/support/cloudflare/test-cloudflare.ts";
import { open, openWebSocket } from "../../../test/support/cloudflare/test-visitor.ts";
import type { RunningConnector } from "../../../test/support/connector/test-connector.ts";
import { type Connected, PATIENCE, TestFleet } from "../../../test/support/connector/test-fleet.ts";
import { startOrigin } from "../../../test/support/connector/test-origin.ts";

let fleet: TestFleet;
let shared: Connected;
beforeAll(async () => {
  fleet = await TestFleet.start();
  shared = await fleet.connect("shared");
});
afterAll(() => fleet?.close());

const see = async (hostname: string) => {
  const { status, body } = await fleet.visit(hostname, "/");
  return { status, body: body.toString() };
};

test.each([
  ["an error page of the edge's own", { status: 520, body: "error code: 520" }, "edge"],
  ["a page out of a cache", { status: 200, headers: { "cf-cache-status": "HIT" }, body: "old" }, "stranger"],
  ["a Worker's route", { status: 200, body: "the old shared Worker" }, "stranger"],
] as const)(
  "%s answers in one hostname's place, and a probe takes it for what it is",
  async (_, placed, cause) => {
    const { hostname } = shared.tunnel;
    await fleet.cloudflare.admin.placeAnswer({ hostname: hostname.toUpperCase(), ...placed });
    const target = { hostname, path: "/", generation: "01KASMPMXW5X0H3V0PM8NYQJ5D" };

    const answer = await see(hostname);
    const probe = await edge({ edgeUrl: fleet.cloudflare.edgeUrl, lookup }).probe(target);
    await fleet.cloudflare.admin.clearAnswers();

    expect(answer).toEqual({ status: placed.status, body: placed.body });
    expect(probe).toMatchObject({ kind: "bad", cause });
    expect((await see(hostname)).body).toContain("app");
  },
);

describe("hostnames that lead nowhere", () => {
  test("a host without a record is 530 with 1016", async () => {
    const { status, body } = await see("nobody.example.test");

    expect(status).toBe(530);
    expect(body).toMatch(/^error code: 1016\nThe zone has no DNS record for nobody\.example\.test/);
  });

  test("a host of another zone is 409 with 1001", async () => {
    const { status, body } = await see("acme.example.org");

    expect(status).toBe(409);
    expect(body).toMatch(/^error code: 1001\n.*zone example\.test only/);
  });

  test("a record that is no proxied CNAME to a tunnel is 530 with 1016 and says what it is", async () => {
    const record = { type: "A", name: "address", content: "192.0.2.1", ttl: 60 } as const;
    await fleet.cloudflare.client.dns.records.create({ zone_id: ZONE.id, ...record });

    const { status, body } = await see("address.example.test");

    expect(status).toBe(530);
    expect(body).toMatch(/^error code: 1016\naddress\.example\.test is a DNS-only A record/);
  });

  test("a tunnel without a connector is 530 with 1033, for a WebSocket too", async () => {
    const { hostname } = await fleet.publish("idle");

    const { status, body } = await see(hostname);
    const socket = openWebSocket(fleet.cloudflare.edgeUrl, hostname, "/");

    expect(status).toBe(530);
    expect(body).toMatch(/^error code: 1033\nidle\.example\.test leads to the tunnel /);
    await expect(socket).rejects.toThrow("Unexpected server response: 530");
  });

  test("a tunnel of which only the record is left is 530 with 1033", async () => {
    const { id, hostname } = await fleet.publish("gone");
    await fleet.tunnels.delete(id, { account_id: ACCOUNT });

    expect((await see(hostname)).body).toMatch(/^error code: 1033/);
  });
});

describe("hostnames that lead somewhere", () => {
  test("two tunnels do not mix", async () => {
    const otherOrigin = await startOrigin("other");
    const one = shared.tunnel;
    const other = await fleet.publish("other", otherOrigin.url);
    await fleet.run(other.token);
    await fleet.configured(other.id, [1]);
    const asked = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : other));

    const seen = await Promise.all(
      asked.map(async ({ hostname }) => JSON.parse((await see(hostname)).body).name),
    );
    await otherOrigin.close();

    expect(seen).toEqual(asked.map((tunnel) => (tunnel === one ? "app" : "other")));
  });

  test("one that is routed to a tunnel, but in none of its rules, gets the catch-all", async () => {
    const content = `${shared.tunnel.id}.cfargotunnel.com`;
    const record = { type: "CNAME", name: "stray", content, ttl: 1, proxied: true } as const;
    await fleet.cloudflare.client.dns.records.create({ zone_id: ZONE.id, ...record });

    expect((await see("stray.example.test")).status).toBe(404);
  });

  test("may come with a port, as browsers send it to a local edge", async () => {
    expect((await see(`${shared.tunnel.hostname}:8080`)).status).toBe(200);
  });

  test("replicas of a connector take turns, and one may go", async () => {
    const { tunnel, connector } = await fleet.connect("replicas");
    const second = await fleet.run(tunnel.token);
    await fleet.configured(tunnel.id, [1, 1]);

    for (let n = 0; n < 10; n++) expect((await see(tunnel.hostname)).status).toBe(200);
    const shares = [await requestsServedBy(connector), await requestsServedBy(second)];
    await connector.stop("SIGKILL");
    await fleet.configured(tunnel.id, [1]);

    expect(shares).toEqual([5, 5]);
    expect((await see(tunnel.hostname)).status).toBe(200);
    expect((await fleet.tunnels.get(tunnel.id, { account_id: ACCOUNT })).status).toBe("healthy");
  });
});

const requestsServedBy = async (connector: RunningConnector): Promise<number> => {
  const metrics = await (await fetch(`${await connector.metricsUrl()}/metrics`)).text();
  return Number(/^cloudflared_tunnel_total_requests (\d+)/m.exec(metrics)?.[1]);
};

describe("when a side goes away", () => {
  test("an unanswered request is 502 when its connector is killed, a begun answer is cut", async () => {
    const { tunnel, connector } = await fleet.connect("dying");
    const begun = await open(fleet.cloudflare.edgeUrl, tunnel.hostname, "/held");
    await once(begun, "data");
    const unanswered = fleet.visit(tunnel.hostname, "/silent");
    await vi.waitFor(() => expect(fleet.origin.silent()).toBe(1), PATIENCE);

    const cut = once(begun, "error");
    await connector.stop("SIGKILL");

    expect(String(await cut)).toContain("aborted");
    expect((await unanswered).body.toString()).toMatch(/^error code: 502\nThe connector went away/);
  });

  test("a visitor who leaves is noticed by the origin", async () => {
    const before = fleet.origin.abandoned();
    const response = await open(fleet.cloudflare.edgeUrl, shared.tunnel.hostname, "/held");
    await once(response, "data");

    response.destroy();

    await vi.waitFor(() => expect(fleet.origin.abandoned()).toBe(before + 1), PATIENCE);
  });

  test("a visitor with a path that HTTP cannot carry on is refused, and the connector stays", async () => {
    const { hostname } = shared.tunnel;
    const visitor = connect(Number(new URL(fleet.cloudflare.edgeUrl).port), "127.0.0.1");

    visitor.write(
      Buffer.from(`GET /\xe9 HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`, "latin1"),
    );
    const [answer] = await once(visitor, "data");
    visitor.destroy();

    expect(String(answer)).toMatch(/^HTTP\/1\.1 [24]\d\d /);
    expect((await see(hostname)).status).toBe(200);
  });
});
