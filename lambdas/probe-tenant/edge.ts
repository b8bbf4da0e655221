// One request through the edge. Node's own client, because fetch does not let the Host header be set, which is how
// the local edge is asked for a tenant.
import http from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import { errorInWords, statusInWords } from "./in-words.ts";

export interface Edge {
  /** What keeps a GET from answering 200, in words; empty when it does. */
  trouble(hostname: string, path: string): Promise<string>;
}

export interface EdgeOptions {
  /** Where the edge is, when it is not Cloudflare's. */
  edgeUrl?: string | undefined;
  lookup: LookupFunction;
  /** for one request, in milliseconds */
  timeout?: number;
}

/** Enough of an error page to tell what kind it is. */
const PAGE_START = 2_000;

export const edge = ({ edgeUrl, lookup, timeout = 5_000 }: EdgeOptions): Edge => ({
  trouble: async (hostname, path) => {
    const url = new URL(path, edgeUrl ?? `https://${hostname}`);
    try {
      const { status, page } = await get(url, {
        // A connection of its own each time: a kept one would go on to an address that DNS has left.
        agent: false,
        headers: { host: hostname, "user-agent": "warren-probe" },
        signal: AbortSignal.timeout(timeout),
        ...(edgeUrl ? {} : { lookup }),
      });
      return status === 200 ? "" : statusInWords(status, page);
    } catch (error) {
      return errorInWords(error, timeout);
    }
  },
});

const get = (url: URL, options: https.RequestOptions): Promise<{ status: number; page: string }> =>
  new Promise((resolve, reject) => {
    const { request } = url.protocol === "https:" ? https : http;
    request(url, options, (response) => {
      let page = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        page = (page + chunk).slice(0, PAGE_START);
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, page }));
      response.on("error", reject);
    })
      .on("error", reject)
      .end();
  });
