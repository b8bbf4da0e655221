// What local machines have for a front where HAProxy is missing: the same answers to probes and visitors as the image's
// haproxy.cfg gives, and the same environment.
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout } from "node:timers/promises";
import * as z from "zod";
import type { FrontAnswer } from "../../core/machine/front.ts";
import { MOST_HEADER_BYTES, pairs } from "../cloudflare/transport/headers.ts";
import { forwardedHeaders } from "./forwarded-headers.ts";
import { proofHeaders } from "./proof-headers.ts";

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
const proof = ({ headers }: IncomingMessage): string[] =>
  Object.entries(
    proofHeaders(headers, generation, {
      machine: env.FRONT_MACHINE,
      application: env.FRONT_APPLICATION,
      settings: env.FRONT_SETTINGS,
      state,
    }),
  ).flat();

const answerHeaders = (asked: IncomingMessage, answer: IncomingMessage): string[] => {
  const added = proof(asked);
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
    maxHeaderSize: MOST_HEADER_BYTES,
  });

const pass = (asked: IncomingMessage, response: ServerResponse): void => {
  const onward = asking(asked);
  if (proof(asked).length > 0) onward.setTimeout(PROBE_TIMEOUT, () => onward.destroy(new Error(HUNG)));
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
    else response.writeHead(message === HUNG ? 504 : 503, proof(asked)).end();
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

const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES, requestTimeout: 0 }, pass);
server.on("upgrade", passUpgrade);
server.listen(env.FRONT_PORT, "127.0.0.1");
void awaitHealth();
process.once("SIGTERM", () => process.exit(0));
