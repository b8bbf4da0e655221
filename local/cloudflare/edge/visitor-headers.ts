// What the edge does to a visitor's headers on the way in, and to the origin's on the way out.
import { randomBytes } from "node:crypto";
import { type IncomingMessage, validateHeaderName, validateHeaderValue } from "node:http";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import {
  endToEnd,
  type HeaderList,
  isControlHeader,
  pairs,
  RESPONSE_HEADERS,
  toRecord,
  unpackHeaders,
} from "../transport/headers.ts";

/** What visitors may say, but the edge decides. */
const OURS = new Set([
  "host",
  "expect",
  "http2-settings",
  "cf-ray",
  "cf-connecting-ip",
  "cf-visitor",
  "cdn-loop",
  "x-forwarded-for",
  "x-forwarded-proto",
]);
const COLO = "LCL";

export const newRay = (): string => `${randomBytes(8).toString("hex")}-${COLO}`;

/**
 * The request as the connector gets it. The listener stands in for the HTTPS edge, so it says "https" although
 * visitors speak HTTP to it; an origin that redirects to HTTPS would else redirect for ever.
 */
export const requestHeaders = (visitor: IncomingMessage, ray: string): OutgoingHttpHeaders => {
  const address = (visitor.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, "");
  const forwarded = visitor.headers["x-forwarded-for"];
  const kept = endToEnd(pairs(visitor.rawHeaders)).filter(
    ([name]) => !OURS.has(name.toLowerCase()) && !isControlHeader(name),
  );
  return Object.assign(toRecord(kept), {
    ":method": visitor.method ?? "GET",
    ":scheme": "https",
    // Ingress rules are compared by letter, and the edge spells names as DNS does.
    ":authority": (visitor.headers.host ?? "").toLowerCase(),
    ":path": visitor.url ?? "/",
    "cf-ray": ray,
    "cf-connecting-ip": address,
    "cf-visitor": '{"scheme":"https"}',
    "cdn-loop": "cloudflare",
    "x-forwarded-for": forwarded ? `${String(forwarded)}, ${address}` : address,
    "x-forwarded-proto": "https",
  });
};

/** The origin's headers out of the connector's answer, without those that HTTP/1 could not carry on. */
export const originHeaders = (answer: IncomingHttpHeaders): HeaderList =>
  unpackHeaders(String(answer[RESPONSE_HEADERS] ?? "")).filter(isSendable);

const isSendable = ([name, value]: HeaderList[number]): boolean => {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
};

/** The answer as the visitor gets it, as node:http's flat list. */
export const responseHeaders = (origin: HeaderList, ray: string): string[] => {
  const kept = endToEnd(origin).filter(([name]) => !["server", "cf-ray"].includes(name.toLowerCase()));
  return [...kept, ["Server", "cloudflare"], ["CF-Ray", ray]].flat() as string[];
};
