// Headers between edge and connector: HTTP/1 headers travel packed in one HTTP/2 header, because HTTP/2 would
// refuse some of them. Source: connection/header.go and connection/http2.go of cloudflared 2026.8.2.

/** What Cloudflare takes of a request's headers, and passes on of an answer's (Cloudflare's documentation, 2026). */
export const MOST_HEADER_BYTES = 128 * 1024;

/** For both ends of a connection: Node's own limits are half of that, and lower once the headers are packed. */
export const HEADER_LIMITS = {
  maxSendHeaderBlockLength: 2 * MOST_HEADER_BYTES,
  settings: { maxHeaderListSize: 2 * MOST_HEADER_BYTES },
} as const;

/** A longer field ends the connection at its receiver: a constant of nghttp2, and so of Node (NGHTTP2_HD_MAX_NV). */
export const MOST_PACKED_BYTES = 64 * 1024;

export const UPGRADE = "cf-cloudflared-proxy-connection-upgrade";
export const RESPONSE_HEADERS = "cf-cloudflared-response-headers";
export const RESPONSE_META = "cf-cloudflared-response-meta";
export const UPGRADE_TO = {
  controlStream: "control-stream",
  configuration: "update-configuration",
  webSocket: "websocket",
} as const;
export const ANSWERED_BY = { origin: '{"src":"origin"}', connector: '{"src":"cloudflared"}' } as const;

export type HeaderList = [name: string, value: string][];

const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const encode = (value: string): string => Buffer.from(value, "latin1").toString("base64").replace(/=+$/, "");
const decode = (value: string): string => Buffer.from(value, "base64").toString("latin1");

export const packHeaders = (headers: HeaderList): string =>
  headers.map(([name, value]) => `${encode(name)}:${encode(value)}`).join(";");

export const unpackHeaders = (packed: string): HeaderList => {
  return packed
    .split(";")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", value = ""] = pair.split(":");
      return [decode(name), decode(value)];
    });
};

/** Node's flat list (name, value, name, value) as pairs. */
export const pairs = (rawHeaders: readonly string[]): HeaderList => {
  const list: HeaderList = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    list.push([rawHeaders[index] ?? "", rawHeaders[index + 1] ?? ""]);
  }
  return list;
};

/** Without the headers that concern one hop only: RFC 9110 7.6.1, and what Connection names. */
export const endToEnd = (headers: HeaderList): HeaderList => {
  const named = new Set(
    headers
      .filter(([name]) => name.toLowerCase() === "connection")
      .flatMap(([, value]) => value.toLowerCase().split(",")),
  );
  const ours = [...named].map((name) => name.trim());
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !HOP_BY_HOP.has(lower) && !ours.includes(lower);
  });
};

/** Headers that only edge and connector may set: one from a visitor could reconfigure the connector. */
export const isControlHeader = (name: string): boolean => {
  const lower = name.toLowerCase();
  return lower.startsWith("cf-cloudflared-") || lower.startsWith("cf-int-") || lower.startsWith("cf-proxy-");
};

/** Several values under one name, as node:http2 takes them; without a prototype, because visitors name the keys. */
export const toRecord = (headers: HeaderList): Record<string, string | string[]> => {
  const record: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = record[key];
    record[key] = before === undefined ? value : [before, value].flat();
  }
  return record;
};
