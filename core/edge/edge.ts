// The one probe: a request through the edge that only the machine that was meant can answer as it should. Node's own
// client, because fetch does not let the Host header be set, which is how the local edge is asked for a tenant.
import { randomBytes } from "node:crypto";
import http from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import { probeHeaders, proofOf } from "../machine/front.ts";
import { hostname } from "../tenant/names.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { type Answer, evidenceOf } from "./evidence.ts";
import type { ProbeResult, ProbeTarget } from "./probe.ts";
import { errorInWords, isAbsentName, isTimeout } from "./status-messages.ts";

export interface Edge {
  probe(target: ProbeTarget): Promise<ProbeResult>;
}

export interface EdgeOptions {
  /** Where the edge is, when it is not Cloudflare's. */
  edgeUrl?: string | undefined;
  lookup: LookupFunction;
  /** for one request, in milliseconds */
  timeout?: number;
}

/** The machine that the row names, by the way of its visitors. */
export const targetOf = (
  { slug, generation, resources }: Pick<Tenant, "slug" | "generation" | "resources">,
  env: { BASE_DOMAIN: string; HEALTH_PATH: string },
): ProbeTarget => ({
  hostname: hostname(slug, env.BASE_DOMAIN),
  path: env.HEALTH_PATH,
  generation,
  instanceId: resources.instanceId,
});

/** Enough of an error page to tell what kind it is. */
const PAGE_START = 2_000;

export const edge = ({ edgeUrl, lookup, timeout = 5_000 }: EdgeOptions): Edge => ({
  probe: async (target) => {
    const url = new URL(target.path, edgeUrl ?? `https://${target.hostname}`);
    const progress = { connected: false };
    const nonce = randomBytes(16).toString("hex");
    const options = {
      // A connection of its own each time: a kept one would go on to an address that DNS has left.
      agent: false,
      headers: {
        host: target.hostname,
        "user-agent": "warren-probe",
        [probeHeaders.nonce]: nonce,
        [probeHeaders.proof]: proofOf(target.generation, nonce),
      },
      signal: AbortSignal.timeout(timeout),
      ...(edgeUrl ? {} : { lookup }),
    };
    return get(url, options, progress).then(
      (answer) => evidenceOf(answer, nonce, target),
      (error) => failureOf(error, errorInWords(error, timeout, progress), progress),
    );
  },
});

const failureOf = (error: Error, words: string, { connected }: { connected: boolean }): ProbeResult => {
  if (connected && isTimeout(error)) return { kind: "bad", cause: "silent", words };
  return isAbsentName(error) ? { kind: "bad", cause: "record", words } : { kind: "unknown", words };
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
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, page }),
      );
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
