// A visitor's request: to the edge, for a hostname that need not resolve on this machine.
import { type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface VisitOptions {
  /** Posts this; without it the request is a GET. */
  body?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export const visit = (
  edgeUrl: string,
  host: string,
  path: string,
  { body, headers = {}, signal }: VisitOptions = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const options = { method, headers: { ...headers, host }, ...(signal && { signal }) };
    request(new URL(path, edgeUrl), options, (answer) => {
      const { statusCode: status = 0, headers: given } = answer;
      text(answer).then((page) => resolve({ status, headers: given, body: page }), reject);
    })
      .on("error", reject)
      .end(body);
  });
