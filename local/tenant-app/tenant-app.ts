// Stands in for the tenant's application on local machines: health, a page, stored data and a WebSocket echo.
import { createServer, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { WebSocketServer } from "ws";
import { readIdentity } from "./identity.ts";
import type { Reply } from "./reply.ts";
import { type Application, answer } from "./routes.ts";

const identity = readIdentity(process.env);
const port = Number(process.env.PORT ?? 8080);
// Where compose.yaml puts them.
const application: Application = {
  identity,
  dataDirectory: process.env.DATA_DIRECTORY ?? "/data",
  adminTokenFile: process.env.ADMIN_TOKEN_FILE ?? "/run/secrets/admin-token",
};

const send = (response: ServerResponse, { status, type = "application/json", body }: Reply): void => {
  const isText = typeof body === "string" || Buffer.isBuffer(body);
  response.writeHead(status, { "content-type": type }).end(isText ? body : JSON.stringify(body));
};

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://app");
  try {
    const { method = "GET", headers } = request;
    const body = await buffer(request);
    const { authorization } = headers;
    send(response, await answer(application, { method, path: pathname, authorization, body }));
  } catch (error) {
    send(response, { status: 500, body: { error: error instanceof Error ? error.message : String(error) } });
  }
});

/** Text comes back in JSON that names the tenant; binary messages come back as they are. */
new WebSocketServer({ server, path: "/echo" }).on("connection", (socket) => {
  socket.on("message", (data, isBinary) => {
    socket.send(isBinary ? data : JSON.stringify({ ...identity, echo: data.toString() }));
  });
});

// Nobody reaches the application but the connector beside it.
setTimeout(() => server.listen(port, "127.0.0.1"), Number(process.env.STARTS_WITHIN_SECONDS ?? 0) * 1_000);
process.once("SIGTERM", () => process.exit(0));
