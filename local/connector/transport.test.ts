// One contract for whatever connects a machine to the edge: ours always, the real cloudflared when
// CLOUDFLARED names its binary.
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { ACCOUNT, configure } from "../../test/support/cloudflare/test-cloudflare.ts";
import { beginUpload, open, openWebSocket } from "../../test/support/cloudflare/test-visitor.ts";
import { type ConnectorProgram, cloudflared, OURS } from "../../test/support/connector/test-connector.ts";
import { type Connected, PATIENCE, TestFleet } from "../../test/support/connector/test-fleet.ts";

const binary = process.env.CLOUDFLARED;
const programs: { title: string; program: ConnectorProgram; skipped: boolean }[] = [
  { title: "our connector", program: OURS, skipped: false },
  {
    title: binary
      ? `cloudflared at ${binary}`
      : "cloudflared (skipped: CLOUDFLARED=<path of the binary> runs it)",
    program: cloudflared(binary ?? ""),
    skipped: !binary,
  },
];
// cloudflared waits up to 1 s, then up to 20 s, before it dials again a first connection that it lost.
const RECONNECTS = { timeout: 25_000, interval: 20 };
const LARGE = 8 * 1024 * 1024;
const account = { account_id: ACCOUNT };

describe.each(programs)("$title", ({ program, skipped }) => {
  describe.skipIf(skipped)("speaks the tunnel's transport", () => {
    let fleet: TestFleet;
    let shared: Connected;
    let hostname: string;
    let edgeUrl: string;

    beforeAll(async () => {
      fleet = await TestFleet.start(program);
      shared = await fleet.connect("shared");
      hostname = shared.tunnel.hostname;
      edgeUrl = fleet.cloudflare.edgeUrl;
    });
    afterAll(() => fleet?.close());

    test("registers as one client with its version, and reports the configuration it applied", async () => {
      const clients = await fleet.tunnels.connections.get(shared.tunnel.id, account);
      const tunnel = await fleet.tunnels.get(shared.tunnel.id, account);

      expect(clients.result).toHaveLength(1);
      expect(clients.result[0]).toMatchObject({ config_version: 1, version: expect.stringMatching(/./) });
      expect(clients.result[0]?.conns).toHaveLength(1);
      expect(tunnel.status).toBe("healthy");
    });

    test("is ready by its own account", async () => {
      const response = await fetch(`${await shared.connector.metricsUrl()}/ready`);

      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ status: 200, readyConnections: 1 });
    });

    test("exports the metrics that the machine's watchdog reads", async () => {
      const response = await fetch(`${await shared.connector.metricsUrl()}/metrics`);

      expect(await response.text()).toMatch(/^cloudflared_tunnel_ha_connections 1$/m);
    });

    test("passes method, path, query and headers, and says who asked", async () => {
      const answer = await fleet.visit(hostname, "/a/b?c=d&e=%20", {
        headers: { "x-custom": "kept", "cf-connecting-ip": "6.6.6.6", "x-forwarded-for": "10.0.0.9" },
      });

      const seen = JSON.parse(answer.body.toString());
      expect(answer.status).toBe(200);
      expect(seen).toMatchObject({ name: "app", method: "GET", url: "/a/b?c=d&e=%20" });
      expect(seen.headers).toMatchObject({
        host: hostname,
        "x-custom": "kept",
        "cf-connecting-ip": "127.0.0.1",
        "x-forwarded-for": "10.0.0.9, 127.0.0.1",
        "x-forwarded-proto": "https",
        "cf-ray": answer.headers["cf-ray"],
      });
    });

    test("takes 100 KB of a request's headers, and 431 tells of more than the edge's 128 KB", async () => {
      const [within, beyond] = [4, 6].map((count) =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, "x".repeat(25_000)])),
      );

      const answers = await Promise.all(
        [within, beyond].map((headers) => fleet.visit(hostname, "/empty", { headers: headers ?? {} })),
      );

      expect(answers.map(({ status }) => status)).toEqual([204, 431]);
    });

    test("passes bytes above 7F on unchanged, both ways", async () => {
      const answer = await fleet.visit(hostname, "/latin", { headers: { "x-asked": "caf\xe9 \xff\x80" } });

      expect(answer.headers["x-answer"]).toBe("caf\xe9 \xff\x80");
    });

    test("finds a hostname that a visitor spells in capitals", async () => {
      const answer = await fleet.visit(hostname.toUpperCase(), "/x");

      expect(answer.status).toBe(200);
    });

    test("blames what hangs up without an answer, and not itself", async () => {
      const answer = await fleet.visit(hostname, "/hung-up");

      expect(answer.status).toBe(502);
      expect(answer.body.toString()).toContain("service of its ingress rule");
    });

    test("passes 40 KB of an answer's header on, and a larger one costs no more than its request", async () => {
      const [connection] = await fleet.connections(shared.tunnel.id);

      const passed = await fleet.visit(hostname, "/large-header?bytes=40000");
      const large = await fleet.visit(hostname, "/large-header?bytes=64000").catch(() => ({ status: 502 }));
      const next = await fleet.visit(hostname, "/x");

      expect(passed.headers["x-large"]).toHaveLength(40_000);
      expect([200, 502]).toContain(large.status);
      expect(next.status).toBe(200);
      expect(await fleet.connections(shared.tunnel.id)).toMatchObject([{ id: connection?.id }]);
    });

    // Which cannot be kept from cloudflared here: docs/local-edge.md.
    test.skipIf(program !== OURS)(
      "costs no more than its request when the edge takes no such header",
      async () => {
        const [connection] = await fleet.connections(shared.tunnel.id);

        const answers = await Promise.all(
          [66_000, 120_000, 200_000].map((bytes) => fleet.visit(hostname, `/large-header?bytes=${bytes}`)),
        );

        expect(answers.map(({ status }) => status)).toEqual([502, 502, 502]);
        expect(await fleet.connections(shared.tunnel.id)).toMatchObject([{ id: connection?.id }]);
      },
    );

    test("returns status and end-to-end headers, several of one name included", async () => {
      const answer = await fleet.visit(hostname, "/cookies");

      expect(answer.status).toBe(201);
      expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
      expect(answer.headers).not.toHaveProperty("x-secret-hop");
      expect(answer.headers.server).toBe("cloudflare");
    });

    test.each(["/empty", "/x"])("answers HEAD %s without a body", async (path) => {
      const answer = await fleet.visit(hostname, path, { method: "HEAD" });

      expect(answer.status).toBe(path === "/empty" ? 204 : 200);
      expect(answer.body).toHaveLength(0);
    });

    test("takes a large body", async () => {
      const body = randomBytes(LARGE);

      const answer = await fleet.visit(hostname, "/digest", { method: "POST", body });

      expect(answer.body.toString()).toBe(createHash("sha256").update(body).digest("hex"));
    });

    test("streams a large body both ways at once", async () => {
      const body = randomBytes(LARGE);
      const headers = { "transfer-encoding": "chunked" };

      const answer = await fleet.visit(hostname, "/mirror", { method: "PUT", body, headers });

      expect(answer.body.equals(body)).toBe(true);
    });

    test("does not pass half an answer off as a whole one", async () => {
      await expect(fleet.visit(hostname, "/broken")).rejects.toThrow("aborted");
    });

    test("does not pass half an upload off as a whole one", async () => {
      const before = { ...fleet.origin.uploads };
      const upload = beginUpload(edgeUrl, hostname, "/digest");
      upload.write("half");
      await vi.waitFor(() => expect(fleet.origin.uploads.begun).toBe(before.begun + 1), PATIENCE);

      upload.destroy();

      await vi.waitFor(() => expect(fleet.origin.uploads.broken).toBe(before.broken + 1), PATIENCE);
      expect(fleet.origin.uploads.complete).toBe(before.complete);
    });

    test("delivers server-sent events before the answer ends", async () => {
      const response = await open(edgeUrl, hostname, "/held");

      const [first] = await once(response, "data");
      fleet.origin.release();
      const [last] = await once(response, "data");

      expect(String(first)).toBe("data: first\n\n");
      expect(String(last)).toBe("data: last\n\n");
    });

    test("carries a WebSocket", async () => {
      const large = randomBytes(256 * 1024);
      const socket = await openWebSocket(edgeUrl, hostname, "/chat");

      socket.send("hello");
      const [text] = await once(socket, "message");
      socket.send(large);
      const [bytes] = await once(socket, "message");
      socket.close(1000);
      const [code] = await once(socket, "close");

      expect(String(text)).toBe("app/chat: hello");
      expect(large.equals(bytes)).toBe(true);
      expect(code).toBe(1000);
    });

    test("does not obey a visitor who poses as the edge", async () => {
      const answer = await fleet.visit(hostname, "/posing", {
        method: "PUT",
        headers: { "cf-cloudflared-proxy-connection-upgrade": "update-configuration" },
        body: JSON.stringify({ version: 99, config: { ingress: [{ service: "http_status:418" }] } }),
      });

      const seen = JSON.parse(answer.body.toString());
      expect(seen).toMatchObject({ name: "app", url: "/posing" });
      expect(seen.headers).not.toHaveProperty("cf-cloudflared-proxy-connection-upgrade");
    });

    test("takes a new configuration while connected", async () => {
      const { tunnel } = await fleet.connect("reconfigured");

      const version = await configure(fleet.cloudflare, tunnel.id, tunnel.hostname, "http_status:418");
      await fleet.configured(tunnel.id, [version]);

      expect(version).toBe(2);
      expect((await fleet.visit(tunnel.hostname, "/")).status).toBe(418);
    });

    test("stays connected, and answers 502, when the origin is down", async () => {
      const { tunnel } = await fleet.connect("origin-down");
      const version = await configure(fleet.cloudflare, tunnel.id, tunnel.hostname, "http://localhost:1");
      await fleet.configured(tunnel.id, [version]);

      const answer = await fleet.visit(tunnel.hostname, "/");

      expect(answer.status).toBe(502);
      expect(answer.body.toString()).toContain("nothing answers at the service of its ingress rule");
      expect(await fleet.connections(tunnel.id)).toHaveLength(1);
    });

    test("comes back as the same client when its connections are deleted", async () => {
      const { tunnel } = await fleet.connect("dropped");
      const [before] = await fleet.connections(tunnel.id);

      await fleet.tunnels.connections.delete(tunnel.id, account);
      const again = await vi.waitUntil(
        async () => (await fleet.connections(tunnel.id)).find(({ id }) => id !== before?.id),
        RECONNECTS,
      );

      expect(again.clientId).toBe(before?.clientId);
    }, 30_000);

    test("finishes the requests under way, unregisters and exits 0 on SIGTERM", async () => {
      const { tunnel, connector } = await fleet.connect("stopping");
      const response = await open(edgeUrl, tunnel.hostname, "/held");
      await once(response, "data");

      const exit = connector.stop("SIGTERM");
      await vi.waitFor(async () => expect(await fleet.connections(tunnel.id)).toEqual([]), PATIENCE);
      fleet.origin.release();
      const [last] = await once(response, "data");

      expect(String(last)).toBe("data: last\n\n");
      expect(await exit).toBe(0);
    });

    test("is gone from the edge the moment it is killed", async () => {
      const { tunnel, connector } = await fleet.connect("killed");

      await connector.stop("SIGKILL");
      await vi.waitFor(async () => expect(await fleet.connections(tunnel.id)).toEqual([]), {
        timeout: 1_000,
        interval: 10,
      });
      const answer = await fleet.visit(tunnel.hostname, "/");

      expect(answer.status).toBe(530);
      expect(answer.body.toString()).toMatch(/^error code: 1033\n/);
    });

    test("is dropped by the edge while it is frozen, and comes back when it is not", async () => {
      const heartbeat = { intervalMs: 100, timeoutMs: 1_000 };
      const watched = await TestFleet.start(program, { heartbeat });
      onTestFinished(() => watched.close());
      const { tunnel, connector } = await watched.connect("frozen");
      const [before] = await watched.connections(tunnel.id);
      await setTimeout(2 * heartbeat.timeoutMs);
      const after = await watched.connections(tunnel.id);
      const status = async () => (await watched.tunnels.get(tunnel.id, account)).status;

      connector.process.kill("SIGSTOP");
      await vi.waitFor(async () => expect(await status()).toBe("down"), PATIENCE);
      const answer = await watched.visit(tunnel.hostname, "/");
      connector.process.kill("SIGCONT");
      await vi.waitFor(async () => expect(await status()).toBe("healthy"), RECONNECTS);

      expect(after.map(({ id }) => id)).toEqual([before?.id]);
      expect(answer.status).toBe(530);
      expect(answer.body.toString()).toMatch(/^error code: 1033\n/);
    }, 40_000);

    test("is refused with a wrong secret, and keeps trying", async () => {
      const { id, token } = await fleet.publish("refused");
      const parts = JSON.parse(Buffer.from(token, "base64").toString());
      const wrong = { ...parts, s: randomBytes(32).toString("base64") };

      const connector = await fleet.run(Buffer.from(JSON.stringify(wrong)).toString("base64"));

      const refused = /Unauthorized: Invalid tunnel secret[\s\S]*Retrying connection/;
      await vi.waitFor(() => expect(connector.log()).toMatch(refused), PATIENCE);
      expect(connector.process.exitCode).toBeNull();
      expect(await fleet.connections(id)).toEqual([]);
      expect(connector.log()).not.toContain(wrong.s);
    });
  });
});
