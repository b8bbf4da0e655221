// The Cloudflare API token, read from Parameter Store and kept for a while: every task would otherwise read it for
// every call, and a rotated one must still be noticed without a new deployment.
import type { Parameters } from "../aws/parameters.ts";
import type { Clock } from "../clock.ts";

export interface ApiToken {
  current(): Promise<string>;
  /** Reads it again now, for when Cloudflare refused the one that was kept. */
  reread(): Promise<string>;
}

const KEPT_FOR_MS = 5 * 60_000;

export const apiToken = (parameters: Pick<Parameters, "read">, name: string, clock: Clock): ApiToken => {
  let kept: { value: string; until: number } | undefined;
  const reread = async () => {
    const value = await parameters.read(name);
    kept = { value, until: clock.now() + KEPT_FOR_MS };
    return value;
  };
  return {
    reread,
    current: async () => (kept && clock.now() < kept.until ? kept.value : reread()),
  };
};
