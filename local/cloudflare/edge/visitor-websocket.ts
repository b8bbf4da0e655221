// A visitor's WebSocket: the handshake travels as a request that the connector marks up again, then bytes flow
// both ways unread.
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { ClientHttp2Stream, IncomingHttpHeaders, IncomingHttpStatusHeader } from "node:http2";
import type { Duplex } from "node:stream";
import { type HeaderList, pairs, UPGRADE, UPGRADE_TO } from "../transport/headers.ts";
import { cutOff } from "../transport/streams.ts";
import type { EdgeConnection } from "./edge-connection.ts";
import { badGateway, type EdgeError, errorBody } from "./error-answers.ts";
import { newRay, originHeaders, requestHeaders, responseHeaders } from "./visitor-headers.ts";

const CONNECTOR_LOST = badGateway("The connector went away during the WebSocket handshake.");

export const refuseWebSocket = (socket: Duplex, error: EdgeError): void => {
  socket.on("error", () => socket.destroy());
  const body = errorBody(error);
  const headers = ["Content-Type", "text/plain; charset=utf-8", "Content-Length", String(body.length)];
  socket.end(head(error.status, [...headers, "Connection", "close"]) + body);
};

export const proxyWebSocket = (
  connection: EdgeConnection,
  visitor: IncomingMessage,
  socket: Duplex,
  early: Buffer,
): void => {
  const ray = newRay();
  const stream = connection.request(
    { ...requestHeaders(visitor, ray), [UPGRADE]: UPGRADE_TO.webSocket },
    true,
  );
  if (!stream) {
    refuseWebSocket(socket, CONNECTOR_LOST);
    return;
  }
  let answered = false;
  stream.on("response", (headers) => {
    answered = true;
    answer(stream, headers, socket, ray);
    if (early.length > 0) stream.write(early);
  });
  stream.on("error", () => socket.destroy());
  stream.on("close", () => (answered ? socket.end() : refuseWebSocket(socket, CONNECTOR_LOST)));
  socket.on("error", () => cutOff(stream, "the visitor broke off"));
  socket.on("close", () => cutOff(stream, "the visitor left"));
};

/** The connector says 200 for the origin's 101, which HTTP/2 does not have. */
const answer = (
  stream: ClientHttp2Stream,
  headers: IncomingHttpHeaders & IncomingHttpStatusHeader,
  socket: Duplex,
  ray: string,
): void => {
  const origin = originHeaders(headers);
  const accepted = origin.some(([name]) => name.toLowerCase() === "sec-websocket-accept");
  const shown = responseHeaders(origin, ray);
  if (accepted) socket.write(head(101, [...shown, "Connection", "Upgrade", "Upgrade", "websocket"]));
  else socket.write(head(headers[":status"] ?? 502, [...withoutLength(shown), "Connection", "close"]));
  stream.pipe(socket);
  socket.pipe(stream);
};

/** A body that ends with the connection needs no length, and the connector may have none to give. */
const withoutLength = (flat: string[]): string[] =>
  pairs(flat)
    .filter(([name]) => name.toLowerCase() !== "content-length")
    .flat();

const head = (status: number, flat: string[]): string => {
  const lines = (pairs(flat) as HeaderList).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n`;
};
