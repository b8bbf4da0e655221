// How every Cloudflare call is made: once, in bounded time, counted against the account's budget, and failing with
// one of our names. The workflow's Retry paces further attempts, so the client itself makes none.
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { ClientOptions } from "cloudflare";
import { parameters } from "../aws/parameters.ts";
import { systemClock } from "../clock.ts";
import { CloudflareUnavailableError } from "../errors.ts";
import { isAuthenticationFailure, namedCloudflareError } from "./cloudflare-errors.ts";
import { type ApiToken, apiToken } from "./cloudflare-token.ts";

/** For a whole exchange, the answer's body included. */
const TIMEOUT_MS = 10_000;

/** An account's calls in five minutes. */
const CALLS = 1_200;

export interface CloudflareAccess {
  token: ApiToken;
  /** Only where something else answers for Cloudflare. */
  baseURL?: string | undefined;
  /** Called for each request that is sent. */
  onCall?: () => void;
  /** Called with the share of the account's calls, 0 to 1, that an answer says are left. */
  onQuota?: (left: number) => void;
}

/** @param what the call in words, for messages */
export type CloudflareCall<Client> = <T>(
  what: string,
  request: (client: Client) => PromiseLike<T>,
) => Promise<T>;

/** Wires a task's environment to Cloudflare; its calls are counted in the metric CloudflareCalls. */
export const cloudflareAccess = (
  env: { CLOUDFLARE_TOKEN_PARAMETER: string; CLOUDFLARE_BASE_URL?: string | undefined },
  metrics: Metrics,
): CloudflareAccess => ({
  token: apiToken(parameters(), env.CLOUDFLARE_TOKEN_PARAMETER, systemClock),
  baseURL: env.CLOUDFLARE_BASE_URL,
  onCall: () => metrics.addMetric("CloudflareCalls", MetricUnit.Count, 1),
});

/**
 * A function that makes calls with a client of the resources that `connect` chooses. When Cloudflare refuses the
 * token, it is read once more, and the call repeated if it has changed meanwhile: nothing took effect the first time.
 */
export const cloudflareCall = <Client>(
  access: CloudflareAccess,
  connect: (options: ClientOptions) => Client,
): CloudflareCall<Client> => {
  const clientWith = (token: string) => connect(options(access, token));
  return async (what, request) => {
    const token = await access.token.current();
    try {
      return await request(clientWith(token));
    } catch (error) {
      const fresh = isAuthenticationFailure(error) ? await access.token.reread() : token;
      if (fresh === token) throw namedCloudflareError(what, error);
      return request(clientWith(fresh)).then(undefined, (again) => {
        throw namedCloudflareError(what, again);
      });
    }
  };
};

/** Everything that the client would otherwise take from the environment is set, its logging of bodies above all. */
const options = ({ baseURL, onCall, onQuota }: CloudflareAccess, token: string): ClientOptions => ({
  apiToken: token,
  apiKey: null,
  apiEmail: null,
  userServiceKey: null,
  baseURL,
  logLevel: "off",
  maxRetries: 0,
  fetch: async (url, init) => {
    onCall?.();
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const left = quotaLeft(answer.headers);
    if (left !== undefined) onQuota?.(left);
    // The client would read a proxy's HTML page as an empty list, and a resource as gone.
    if (answer.ok && !answer.headers.get("content-type")?.includes("json")) {
      throw new Error(`a ${answer.status} that is not JSON`);
    }
    return answer;
  },
});

/** Every answer says so: `Ratelimit: "default";r=<calls left>;t=<seconds>` (Cloudflare's documentation of its limits). */
const quotaLeft = (headers: Headers): number | undefined => {
  const left = /;\s*r=(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1];
  return left === undefined ? undefined : Math.min(Number(left) / CALLS, 1);
};

/** @param what the call in words. A 200 without an id comes from something on the way, or is cut short. */
export const idOf = (created: { id?: string } | undefined, what: string): string => {
  if (created?.id) return created.id;
  throw new CloudflareUnavailableError(`Cloudflare's answer holds no id to: ${what}.`);
};
