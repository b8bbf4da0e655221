// What local machines have for a front where HAProxy is missing: the same answers to probes and visitors as the image's
// haproxy.cfg gives, and the same environment.
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout } from "node:timers/promises";
import * as z from "zod";
import { type FrontAnswer, frontHeaders, probeHeaders, proofOf } from "../../core/machine/front.ts";
import { forwardedHeaders } from "./forwarded-headers.ts";

const env = z
  .object({
    FRONT_PORT: z.coerce.number(),
    APP_PORT: z.coerce.number(),
    HEALTH_PATH: z.string(),
    FRONT_KEY: z.base64(),
    FRONT_MACHINE: z.string(),
    FRONT_APPLICATION: z.string(),
    FRONT_SETTINGS: z.string(),
  })
  .parse(process.env);
const generation = Buffer.from(env.FRONT_KEY, "base64").toString();
const application = { host: "127.0.0.1", port: env.APP_PORT };
const HEALTH_INTERVAL = 500;
/** In milliseconds, as in haproxy.cfg. */
const PROBE_TIMEOUT = 4_000;
const HUNG = "the application hangs";
/** Bytes: what Cloudflare takes of a request's. */
const MOST_HEADERS = 131_072;
let state: FrontAnswer["state"] = "starting";

const awaitHealth = async (): Promise<void> => {
  while (state === "starting") {
    const asked = request({ ...application, path: env.HEALTH_PATH }).end();
    const status = await once(asked, "response").then(
      ([response]: IncomingMessage[]) => response?.resume().statusCode,
      () => undefined,
    );
    if (status === 200) state = "serving";
    else await setTimeout(HEALTH_INTERVAL);
  }
};

/** As a flat list; none for visitors. */
const proofHeaders = ({ headers }: IncomingMessage): string[] => {
  const nonce = String(headers[probeHeaders.nonce]);
  if (!/^[0-9a-f]{32}$/.test(nonce) || headers[probeHeaders.proof] !== proofOf(generation, nonce)) return [];
  const said = {
    [frontHeaders.nonce]: nonce,
    [frontHeaders.machine]: env.FRONT_MACHINE,
    [frontHeaders.application]: env.FRONT_APPLICATION,
    [frontHeaders.settings]: env.FRONT_SETTINGS,
    [frontHeaders.state]: state,
    "cache-control": "no-store",
  };
  return Object.entries(said).flat();
};

const pairs = (flat: string[]): [string, string][] =>
  Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index] ?? "", flat[2 * index + 1] ?? ""]);

const answerHeaders = (asked: IncomingMessage, answer: IncomingMessage): string[] => {
  const added = proofHeaders(asked);
  const replaced = added.length > 0 ? ["cache-control"] : [];
  const kept = pairs(answer.rawHeaders).filter(([name]) => {
    const lower = name.toLowerCase();
    return !lower.startsWith("warren-") && !replaced.includes(lower);
  });
  return [...kept.flat(), ...added];
};

const asking = (asked: IncomingMessage) =>
  request({
    ...application,
    method: asked.method,
    path: asked.url,
    headers: forwardedHeaders(asked),
    maxHeaderSize: MOST_HEADERS,
  });

const pass = (asked: IncomingMessage, response: ServerResponse): void => {
  const onward = asking(asked);
  if (proofHeaders(asked).length > 0) onward.setTimeout(PROBE_TIMEOUT, () => onward.destroy(new Error(HUNG)));
  onward.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answerHeaders(asked, answer));
    // flushHeaders would write them as UTF-8: above 7F, one byte would become two.
    response.write("", "latin1");
    answer.on("data", (piece) => {
      if (response.write(piece)) return;
      answer.pause();
      response.once("drain", () => answer.resume());
    });
    answer.on("end", () => {
      response.addTrailers(pairs(answer.rawTrailers));
      response.end();
    });
    answer.on("error", () => response.destroy());
  });
  onward.on("error", ({ message }) => {
    if (response.headersSent) response.destroy();
    else response.writeHead(message === HUNG ? 504 : 503, proofHeaders(asked)).end();
  });
  response.on("close", () => onward.destroy());
  asked.pipe(onward);
};

const passUpgrade = (asked: IncomingMessage, visitor: Duplex, early: Buffer): void => {
  const onward = asking(asked).end();
  onward.on("upgrade", (answer, socket, head) => {
    const lines = pairs(answerHeaders(asked, answer)).map(([name, value]) => `${name}: ${value}\r\n`);
    visitor.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("")}\r\n`);
    visitor.write(head);
    socket.write(early);
    socket.pipe(visitor).pipe(socket);
    for (const side of [socket, visitor])
      side.on("error", () => [socket, visitor].map((one) => one.destroy()));
  });
  onward.on("response", (answer) => visitor.end(`HTTP/1.1 ${answer.statusCode} Refused\r\n\r\n`));
  onward.on("error", () => visitor.destroy());
  visitor.on("error", () => onward.destroy());
};

const server = createServer({ maxHeaderSize: MOST_HEADERS, requestTimeout: 0 }, pass);
server.on("upgrade", passUpgrade);
server.listen(env.FRONT_PORT, "127.0.0.1");
void awaitHealth();
process.once("SIGTERM", () => process.exit(0));
