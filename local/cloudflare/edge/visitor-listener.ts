// Where visitors come in: plain HTTP on loopback, standing in for Cloudflare's HTTPS edge.
import { createServer, type Server } from "node:http";
import type { CloudflareState } from "../state/state.ts";
import { MOST_HEADER_BYTES } from "../transport/headers.ts";
import { createRouter, hostnameOf } from "./routing.ts";
import { answerInPlace, answerWithError, proxyRequest } from "./visitor-http.ts";
import { proxyWebSocket, refuseWebSocket } from "./visitor-websocket.ts";

/** An HTTP server that is not listening yet. */
export const createVisitorListener = (state: CloudflareState): Server => {
  const route = createRouter(state);
  const server = createServer(
    {
      maxHeaderSize: MOST_HEADER_BYTES,
      // Other upgrades (h2c) are an offer that a server may leave aside; Node would else hand them on as sockets.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === "websocket",
      // Streams of any length are the origin's business.
      requestTimeout: 0,
    },
    (visitor, response) => {
      const placed = state.placed.get(hostnameOf(visitor.headers.host));
      if (placed) return answerInPlace(response, placed);
      const found = route(visitor.headers.host);
      if ("error" in found) answerWithError(response, found.error);
      else proxyRequest(found.connection, visitor, response);
    },
  );
  server.on("upgrade", (visitor, socket, early) => {
    const found = route(visitor.headers.host);
    if ("error" in found) refuseWebSocket(socket, found.error);
    else proxyWebSocket(found.connection, visitor, socket, early);
  });
  return server;
};
