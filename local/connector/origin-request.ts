// A request from the edge, on to the origin: HTTP and WebSocket alike, streaming both ways.
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import {
  ANSWERED_BY,
  endToEnd,
  type HeaderList,
  isControlHeader,
  MOST_HEADER_BYTES,
  MOST_PACKED_BYTES,
  packHeaders,
  pairs,
  RESPONSE_HEADERS,
  RESPONSE_META,
} from "../cloudflare/transport/headers.ts";
import { cutOff, pipeWhole } from "../cloudflare/transport/streams.ts";
import type { Service } from "./ingress.ts";
import type { Log } from "./log.ts";

const HANDSHAKE = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };

export const proxyToOrigin = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  service: Service,
  webSocket: boolean,
  log: Log,
): void => {
  if (service.kind === "status") {
    respond(stream, service.status, []);
    return;
  }
  const outgoing = originRequest(stream, headers, service.url, webSocket);
  if (!outgoing) {
    respond(stream, 400, []);
    return;
  }
  const tooLong = () =>
    unreachable(stream, new Error("the header of its answer is too long"), service.url, log);
  outgoing.on("error", (error) => unreachable(stream, error, service.url, log));
  outgoing.on("response", (response) => {
    const headers = endToEnd(pairs(response.rawHeaders));
    if (!respond(stream, response.statusCode ?? 502, headers, false)) {
      response.destroy();
      return tooLong();
    }
    response.on("error", () => cutOff(stream, "the origin broke off"));
    response.pipe(stream);
  });
  outgoing.on("upgrade", (response, socket, early) => {
    if (!joinSockets(stream, response, socket, early)) tooLong();
  });
  stream.on("error", () => outgoing.destroy());
  stream.on("close", () => outgoing.destroy());
  if (webSocket) outgoing.end();
  else pipeWhole(stream, outgoing);
};

/** Undefined for a request that HTTP/1 cannot express, such as a path with raw non-ASCII bytes. */
const originRequest = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  url: URL,
  webSocket: boolean,
): ClientRequest | undefined => {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith(":") && !isControlHeader(name));
  try {
    return request({
      maxHeaderSize: MOST_HEADER_BYTES,
      host: url.hostname,
      port: url.port || 80,
      method: headers[":method"],
      path: headers[":path"],
      headers: {
        ...Object.fromEntries(kept),
        host: headers[":authority"] ?? url.host,
        ...(webSocket ? HANDSHAKE : bodyFraming(stream, headers)),
      },
    });
  } catch {
    return undefined;
  }
};

/** Node frames a GET's body of unknown length only if told to. */
const bodyFraming = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Record<string, string> =>
  stream.endAfterHeaders || headers["content-length"] !== undefined ? {} : { "transfer-encoding": "chunked" };

/**
 * HTTP/2 has no 101, so an accepted WebSocket is a 200 whose packed headers hold the acceptance.
 * @returns false when the edge could not take them
 */
const joinSockets = (
  stream: ServerHttp2Stream,
  response: IncomingMessage,
  socket: Duplex,
  early: Buffer,
): boolean => {
  if (!respond(stream, 200, pairs(response.rawHeaders), false)) {
    socket.destroy();
    return false;
  }
  socket.on("error", () => cutOff(stream, "the origin broke off"));
  stream.on("close", () => socket.destroy());
  if (early.length > 0) stream.write(early);
  socket.pipe(stream);
  stream.pipe(socket);
  return true;
};

/** @returns false when the edge could not take the headers: then nothing is sent */
const respond = (
  stream: ServerHttp2Stream,
  status: number,
  headers: HeaderList,
  endStream = true,
): boolean => {
  if (stream.destroyed || stream.headersSent) return true;
  const packed = packHeaders(headers.filter(([name]) => !isControlHeader(name)));
  if (packed.length > MOST_PACKED_BYTES) return false;
  const length = headers.find(([name]) => name.toLowerCase() === "content-length")?.[1];
  const answer = {
    ":status": status,
    [RESPONSE_HEADERS]: packed,
    [RESPONSE_META]: ANSWERED_BY.origin,
    ...(length === undefined ? {} : { "content-length": length }),
  };
  stream.respond(answer, { endStream });
  return true;
};

const unreachable = (stream: ServerHttp2Stream, error: Error, url: URL, log: Log): void => {
  if (stream.destroyed) return;
  log("ERR", `Unable to reach the origin service ${url.href}: ${error.message}`);
  if (stream.headersSent) cutOff(stream, error.message);
  else stream.respond({ ":status": 502, [RESPONSE_META]: ANSWERED_BY.connector }, { endStream: true });
};
