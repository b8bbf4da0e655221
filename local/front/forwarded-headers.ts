// What the application is told of a visitor: Cloudflare's word, and nothing that the visitor made up.
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";

const isForgeable = (name: string): boolean =>
  name.startsWith("x-forwarded-") || name.startsWith("warren-") || ["forwarded", "x-real-ip"].includes(name);

export const forwardedHeaders = ({ headersDistinct, headers }: IncomingMessage): OutgoingHttpHeaders => {
  const kept = Object.entries(headersDistinct).filter(([name]) => !isForgeable(name));
  const address = headers["cf-connecting-ip"];
  return {
    ...Object.fromEntries(kept),
    host: headers.host,
    "x-forwarded-host": headers.host,
    "x-forwarded-proto": String(headers["cf-visitor"]).includes('"http"') ? "http" : "https",
    ...(address && { "x-forwarded-for": address, "x-real-ip": address }),
  };
};
