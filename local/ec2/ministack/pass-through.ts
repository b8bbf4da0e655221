// Requests that are not ours go to MiniStack as they came, Host header included: their signatures cover it.
import { once } from "node:events";
import { type IncomingMessage, request, type ServerResponse } from "node:http";

/** @throws Error if MiniStack cannot be reached */
export const passThrough = async (
  ministackUrl: string,
  incoming: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> => {
  const { connection: _, ...headers } = incoming.headers;
  const { hostname, port } = new URL(ministackUrl);
  const forwarded = request({ hostname, port, method: incoming.method, path: incoming.url, headers });
  forwarded.end(body);
  const [answer] = (await once(forwarded, "response")) as [IncomingMessage];
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  answer.pipe(response);
  await once(response, "close");
};
