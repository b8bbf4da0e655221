// The application of a machine whose front is measured: small answers, and bodies of any size both ways.
import { createServer } from "node:http";

const PIECE = Buffer.alloc(64 * 1024);

createServer(async (request, response) => {
  const bytes = Number(new URL(request.url ?? "/", "http://app").searchParams.get("bytes") ?? 0);
  for await (const _ of request);
  for (let sent = 0; sent < bytes; sent += PIECE.length)
    if (!response.write(PIECE)) await new Promise((resolve) => response.once("drain", resolve));
  response.end(bytes ? "" : "ok");
}).listen(Number(process.env.APP_PORT), "127.0.0.1");
