// A visitor: asks the edge for a hostname, as DNS would have led it there.
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { WebSocket } from "ws";

export interface Visit {
  method?: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Resolves with the response's head; its body streams. */
export const open = (
  edgeUrl: string,
  hostname: string,
  path: string,
  visit: Visit = {},
): Promise<IncomingMessage> => {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, edgeUrl), {
      method: visit.method ?? "GET",
      headers: { ...visit.headers, host: hostname },
      agent: false,
      maxHeaderSize: 256 * 1024,
    });
    outgoing.on("response", resolve).on("error", reject);
    outgoing.end(visit.body);
  });
};

export const visit = async (
  edgeUrl: string,
  hostname: string,
  path: string,
  how: Visit = {},
): Promise<Answer> => {
  const response = await open(edgeUrl, hostname, path, how);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
};

/** A POST whose body is the caller's to write, or to break off. */
export const beginUpload = (edgeUrl: string, hostname: string, path: string): ClientRequest => {
  const headers = { host: hostname, "transfer-encoding": "chunked" };
  const upload = request(new URL(path, edgeUrl), { method: "POST", headers, agent: false });
  return upload.on("error", () => undefined);
};

/** An open WebSocket, or an Error with the status that refused it. */
export const openWebSocket = (edgeUrl: string, hostname: string, path: string): Promise<WebSocket> => {
  const socket = new WebSocket(edgeUrl.replace("http", "ws") + path, { headers: { host: hostname } });
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });
};
