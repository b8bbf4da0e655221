// Cloudflare's budget: so many calls per window and token, then every call is blocked for one window.
import { type ApiError, rateLimited } from "./errors.ts";

export interface CallBudget {
  calls: number;
  windowSeconds: number;
}

/** Source: facts/cloudflare.md. */
export const CLOUDFLARE_BUDGET: CallBudget = { calls: 1200, windowSeconds: 300 };

interface Window {
  endsAt: number;
  left: number;
  blocked: boolean;
}

export class RateLimiter {
  readonly #budget: CallBudget;
  readonly #now: () => number;
  readonly #windows = new Map<string, Window>();

  /** @param now milliseconds since the epoch */
  constructor(budget: CallBudget, now: () => number) {
    this.#budget = budget;
    this.#now = now;
  }

  /** Takes one call from the token's budget. */
  spend(token: string): { headers: Record<string, string>; error?: ApiError } {
    const now = this.#now();
    const window = this.#current(token, now);
    if (window.left === 0 && !window.blocked) {
      window.blocked = true;
      window.endsAt = now + this.#budget.windowSeconds * 1000;
    }
    const seconds = Math.ceil((window.endsAt - now) / 1000);
    if (window.blocked) {
      const error = rateLimited(this.#budget.calls, this.#budget.windowSeconds, seconds);
      return { headers: this.#headers(0, seconds), error };
    }
    window.left -= 1;
    return { headers: this.#headers(window.left, seconds) };
  }

  reset = (): void => this.#windows.clear();

  #current(token: string, now: number): Window {
    const window = this.#windows.get(token);
    if (window && now < window.endsAt) return window;
    const { calls, windowSeconds } = this.#budget;
    const fresh = { endsAt: now + windowSeconds * 1000, left: calls, blocked: false };
    this.#windows.set(token, fresh);
    return fresh;
  }

  #headers = (left: number, seconds: number): Record<string, string> => ({
    ratelimit: `"default";r=${left};t=${seconds}`,
    "ratelimit-policy": `"default";q=${this.#budget.calls};w=${this.#budget.windowSeconds}`,
  });
}
