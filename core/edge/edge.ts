// One request through the edge, and what it says about the tenant behind it. Node's own client, because fetch does not
// let the Host header be set, which is how the local edge is asked for a tenant.
import http from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import { causeOfStatus, errorInWords, isTimeout, statusInWords } from "./status-messages.ts";

/**
 * What a GET found: a 200; a tenant that is not served, with what is wrong; or nothing that tells whether it is
 * served, such as an edge that cannot be reached. `words` fit after "not served: ".
 */
export type ProbeResult =
  | { kind: "ok" }
  | { kind: "bad"; cause: "connector" | "origin" | "silent"; words: string }
  | { kind: "unknown"; words: string };

export interface Edge {
  probe(hostname: string, path: string): Promise<ProbeResult>;
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
  probe: async (hostname, path) => {
    const url = new URL(path, edgeUrl ?? `https://${hostname}`);
    const progress = { connected: false };
    const options = {
      // A connection of its own each time: a kept one would go on to an address that DNS has left.
      agent: false,
      headers: { host: hostname, "user-agent": "warren-probe" },
      signal: AbortSignal.timeout(timeout),
      ...(edgeUrl ? {} : { lookup }),
    };
    return get(url, options, progress).then(probeResultOf, (error) => {
      const words = errorInWords(error, timeout, progress);
      return progress.connected && isTimeout(error)
        ? { kind: "bad", cause: "silent", words }
        : { kind: "unknown", words };
    });
  },
});

interface Answer {
  status: number;
  page: string;
}

const probeResultOf = ({ status, page }: Answer): ProbeResult => {
  if (status === 200) return { kind: "ok" };
  const words = statusInWords(status, page);
  const cause = causeOfStatus(status, page);
  return cause ? { kind: "bad", cause, words } : { kind: "unknown", words };
};

const get = (url: URL, options: https.RequestOptions, progress: { connected: boolean }): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const isSecure = url.protocol === "https:";
    const { request } = isSecure ? https : http;
    request(url, options, (response) => {
      let page = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        page = (page + chunk).slice(0, PAGE_START);
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, page }));
      response.on("error", reject);
    })
      .on("socket", (socket) =>
        socket.once(isSecure ? "secureConnect" : "connect", () => {
          progress.connected = true;
        }),
      )
      .on("error", reject)
      .end();
  });
