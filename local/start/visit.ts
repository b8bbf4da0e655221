// A visitor's request: to the edge, for a hostname that need not resolve on this machine.
import { request } from "node:http";
import { text } from "node:stream/consumers";

export interface Answer {
  status: number;
  body: string;
}

export interface VisitOptions {
  /** Posts this; without it the request is a GET. */
  body?: string;
  signal?: AbortSignal;
}

export const visit = (
  edgeUrl: string,
  host: string,
  path: string,
  { body, signal }: VisitOptions = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    request(new URL(path, edgeUrl), { method, headers: { host }, ...(signal && { signal }) }, (answer) => {
      text(answer).then((page) => resolve({ status: answer.statusCode ?? 0, body: page }), reject);
    })
      .on("error", reject)
      .end(body);
  });
