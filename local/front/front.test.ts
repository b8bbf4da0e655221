// What the front of a machine does, whichever program it is: the image's HAProxy, and what stands in for it.
import type { ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import http, { type IncomingHttpHeaders, type IncomingMessage, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import getPort from "get-port";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { frontHeaders, probeHeaders } from "../../core/machine/front.ts";
import { frontApplication, frontMachine, frontProbe, startFront } from "../../test/support/front-process.ts";
import { findProgram } from "../find-program.ts";

const haproxy = findProgram("haproxy");
const MIB = 1024 * 1024;

const warren = (headers: IncomingHttpHeaders) =>
  Object.keys(headers).filter((name) => name.startsWith("warren-"));

describe.each([
  ["HAProxy with the image's configuration", haproxy],
  ["the stand-in", ""],
])("the front: %s", (name, program) => {
  const isMissing = program === undefined;

  describe.skipIf(isMissing)(isMissing ? `${name} (skipped: no haproxy here)` : "", () => {
    let directory: string;
    let app: http.Server;
    let front: ChildProcess;
    let ports: { front: number; app: number };
    let answer: RequestListener;

    const ask = (path: string, options: http.RequestOptions = {}, body?: Buffer): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        const asked = http.request({ host: "127.0.0.1", port: ports.front, path, agent: false, ...options });
        asked.on("response", resolve).on("error", reject).end(body);
      });
    const headersOf = async (path: string, headers: Record<string, string>) => {
      const response = await ask(path, { headers });
      response.resume();
      return { status: response.statusCode, headers: response.headers };
    };
    const stateNow = async () => (await headersOf("/", frontProbe())).headers[frontHeaders.state];

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), "front-"));
      ports = { front: await getPort(), app: await getPort() };
      front = startFront({ directory, ports, program });
      await vi.waitFor(() => headersOf("/", {}), { timeout: 10_000, interval: 50 });
    });
    beforeEach(() => {
      answer = (_, response) => void response.end("ok");
    });
    afterAll(async () => {
      front.kill();
      app?.close();
      app?.closeAllConnections();
      await rm(directory, { recursive: true, force: true });
    });

    it("says to a probe that the machine is starting, until its application is healthy once", async () => {
      const before = await headersOf("/health", frontProbe());
      app = http.createServer({ maxHeaderSize: 200_000 }, (request, response) => answer(request, response));
      new WebSocketServer({ server: app }).on("connection", (socket) =>
        socket.on("message", (data) => socket.send(data)),
      );
      await once(app.listen(ports.app, "127.0.0.1"), "listening");

      expect(before).toMatchObject({ status: 503, headers: { [frontHeaders.state]: "starting" } });
      await vi.waitFor(async () => expect(await stateNow()).toBe("serving"), {
        timeout: 5_000,
        interval: 50,
      });
    });

    it("says to a probe who answers, and which application", async () => {
      const headers = frontProbe();

      const { headers: answered } = await headersOf("/health", headers);

      expect(answered).toMatchObject({
        [frontHeaders.nonce]: headers[probeHeaders.nonce],
        [frontHeaders.machine]: frontMachine,
        [frontHeaders.application]: frontApplication,
        [frontHeaders.settings]: "0",
        [frontHeaders.state]: "serving",
        "cache-control": "no-store",
      });
    });

    it.each<[string, Record<string, string>]>([
      ["asks for nothing", {}],
      ["proves another generation", frontProbe(undefined, "01KAAAAAAA5X0H3V0PM8NYQJ5D")],
      ["proves another nonce", { ...frontProbe(), [probeHeaders.nonce]: "0".repeat(32) }],
      ["proves no nonce of a probe's", frontProbe("short")],
      ["proves nothing", { [probeHeaders.nonce]: "0".repeat(32) }],
      ["has an empty proof", { [probeHeaders.nonce]: "0".repeat(32), [probeHeaders.proof]: "" }],
    ])("says nothing to a visitor who %s", async (_, headers) => {
      const { status, headers: answered } = await headersOf("/", headers);

      expect(status).toBe(200);
      expect(warren(answered)).toEqual([]);
    });

    it("lets neither the application speak for the machine, nor see what a probe shows", async () => {
      let seen: IncomingHttpHeaders = {};
      answer = ({ headers }, response) => {
        seen = headers;
        response.writeHead(200, { "warren-machine": "forged", "warren-more": "forged" }).end();
      };

      const proved = await headersOf("/", frontProbe());
      const visited = await headersOf("/", {});

      expect(proved.headers[frontHeaders.machine]).toBe(frontMachine);
      expect([...warren(visited.headers), ...warren(seen)]).toEqual([]);
      expect(proved.headers).not.toHaveProperty("warren-more");
    });

    it("adds its word to the application's errors, and passes them on", async () => {
      answer = (_, response) => void response.writeHead(500).end("broken");

      const response = await ask("/", { headers: frontProbe() });

      expect(response.statusCode).toBe(500);
      expect(response.headers[frontHeaders.machine]).toBe(frontMachine);
      expect(await text(response)).toBe("broken");
    });

    it("tells the application of a visitor what Cloudflare says, and nothing that the visitor made up", async () => {
      let seen: IncomingHttpHeaders = {};
      answer = ({ headers }, response) => {
        seen = headers;
        response.end();
      };

      await headersOf("/", {
        host: "acme.example.test",
        "cf-connecting-ip": "192.0.2.7",
        "cf-visitor": '{"scheme":"https"}',
        "x-forwarded-for": "6.6.6.6",
        "x-forwarded-proto": "http",
        "x-forwarded-host": "evil.test",
        "x-forwarded-user": "admin",
        "x-real-ip": "6.6.6.6",
        forwarded: "for=6.6.6.6",
      });

      expect(seen).toMatchObject({
        host: "acme.example.test",
        "x-forwarded-for": "192.0.2.7",
        "x-real-ip": "192.0.2.7",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "acme.example.test",
      });
      expect(seen).not.toHaveProperty("x-forwarded-user");
      expect(seen).not.toHaveProperty("forwarded");
    });

    it("passes 64 MiB both ways unchanged, in pieces", async () => {
      const body = randomBytes(64 * MIB);
      answer = (request, response) => void request.pipe(response);

      const response = await ask("/", { method: "POST", headers: { "content-length": body.length } }, body);

      const digest = (bytes: Buffer) => createHash("sha1").update(bytes).digest("hex");
      expect(digest(await buffer(response))).toBe(digest(body));
    });

    it("passes bytes above 7F on unchanged", async () => {
      answer = (asked, response) =>
        void response.writeHead(200, { "x-answer": String(asked.headers["x-asked"]) }).end();

      const { headers } = await headersOf("/", { "x-asked": "caf\xe9 \xff" });

      expect(headers["x-answer"]).toBe("caf\xe9 \xff");
    });

    it("passes on what comes, without waiting for the rest", async () => {
      let finish = () => {};
      answer = (_, response) => {
        response.write("first");
        finish = () => response.end("last");
      };

      const response = await ask("/");
      const [first] = await once(response, "data");
      finish();

      expect(String(first)).toBe("first");
      expect(await text(response)).toBe("last");
    });

    it("passes trailers on", async () => {
      answer = (_, response) => {
        response.writeHead(200, { trailer: "x-sum" }).write("body");
        response.addTrailers({ "x-sum": "42" });
        response.end();
      };

      const response = await ask("/", { headers: { te: "trailers" } });
      await text(response);

      expect(response.trailers).toEqual({ "x-sum": "42" });
    });

    it("passes WebSockets on", async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${ports.front}/echo`);
      await once(socket, "open");
      socket.send("hello");

      const [echo] = await once(socket, "message");
      socket.close();

      expect(String(echo)).toBe("hello");
    });

    it("says in time that the application hangs", async () => {
      answer = () => {};

      const { status, headers } = await headersOf("/health", frontProbe());

      expect(status).toBe(504);
      expect(headers[frontHeaders.machine]).toBe(frontMachine);
    });

    it("takes 100 KB of a request's headers, and 64 KB of an answer's", async () => {
      answer = (_, response) => void response.writeHead(200, { "x-large": "y".repeat(64 * 1024) }).end();

      const response = await ask("/", {
        headers: { cookie: "x".repeat(100 * 1024) },
        maxHeaderSize: 200_000,
      });
      response.resume();

      expect(response.headers["x-large"]).toHaveLength(64 * 1024);
    });

    it("stays serving when its application dies: what is refused then is the application's", async () => {
      app.close();
      app.closeAllConnections();

      await vi.waitFor(
        async () => {
          const { status, headers } = await headersOf("/", frontProbe());
          expect(status).toBe(503);
          expect(headers[frontHeaders.state]).toBe("serving");
        },
        { timeout: 5_000, interval: 50 },
      );
    });
  });
});
