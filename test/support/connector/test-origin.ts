// A tenant's application as the tests need it: echoes, streams, holds answers back, speaks WebSocket.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

interface Uploads {
  begun: number;
  complete: number;
  broken: number;
}

export interface TestOrigin {
  url: string;
  /** Lets the requests to /held go. */
  release(): void;
  /** How many visitors left while they were held. */
  abandoned(): number;
  /** How many requests to /silent wait for an answer that never comes. */
  silent(): number;
  /** To /digest. */
  uploads: Uploads;
  close(): Promise<void>;
}

interface State {
  name: string;
  held: Set<ServerResponse>;
  abandoned: number;
  silent: number;
  uploads: Uploads;
}

export const startOrigin = async (name: string): Promise<TestOrigin> => {
  const state: State = {
    name,
    held: new Set(),
    abandoned: 0,
    silent: 0,
    uploads: { begun: 0, complete: 0, broken: 0 },
  };
  const server = createServer({ maxHeaderSize: 256 * 1024 }, (request, response) =>
    answer(state, request, response),
  );
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket, { url }) => {
    socket.on("message", (message, isBinary) =>
      socket.send(isBinary ? message : `${name}${url}: ${message}`),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    release: () => {
      for (const response of state.held) response.end("data: last\n\n");
    },
    abandoned: () => state.abandoned,
    silent: () => state.silent,
    uploads: state.uploads,
    close: () => close(server, sockets),
  };
};

type Route = (state: State, request: IncomingMessage, response: ServerResponse) => unknown;

const ROUTES: Record<string, Route> = {
  /** One chunk at once, the rest when released. */
  "/held": (state, _request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).write("data: first\n\n");
    state.held.add(response);
    response.on("close", () => {
      state.held.delete(response);
      if (!response.writableEnded) state.abandoned += 1;
    });
  },
  "/silent": (state) => {
    state.silent += 1;
  },
  "/digest": async (state, request, response) => {
    const hash = createHash("sha256");
    request.once("data", () => {
      state.uploads.begun += 1;
    });
    try {
      for await (const chunk of request) hash.update(chunk);
      state.uploads.complete += 1;
      response.end(hash.digest("hex"));
    } catch {
      state.uploads.broken += 1;
    }
  },
  /** Takes the request, and hangs up without a word. */
  "/hung-up": (_state, request) => request.socket.destroy(),
  /** A header of as many bytes as the query says. */
  "/large-header": (_state, request, response) => {
    const bytes = Number(new URL(request.url ?? "/", "http://origin").searchParams.get("bytes"));
    response.writeHead(200, { "x-large": "x".repeat(bytes) }).end();
  },
  "/latin": (_state, request, response) =>
    response.writeHead(200, { "x-answer": String(request.headers["x-asked"]) }).end(),
  "/broken": (_state, _request, response) => {
    response.writeHead(200).write("half", () => response.destroy());
  },
  "/mirror": (_state, request, response) => request.pipe(response),
  "/cookies": (_state, _request, response) => {
    response.writeHead(201, {
      "set-cookie": ["a=1", "b=2"],
      connection: "x-secret-hop",
      "x-secret-hop": "1",
    });
    response.end("made");
  },
  "/empty": (_state, _request, response) => response.writeHead(204).end(),
};

const answer = (state: State, request: IncomingMessage, response: ServerResponse): void => {
  const route = ROUTES[(request.url ?? "").split("?")[0] ?? ""];
  if (route) {
    route(state, request, response);
    return;
  }
  const { method, url, headers } = request;
  const seen = { name: state.name, method, url, headers };
  response.setHeader("content-type", "application/json").end(JSON.stringify(seen));
};

const close = (server: Server, sockets: WebSocketServer): Promise<void> => {
  for (const socket of sockets.clients) socket.terminate();
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
};
