// How tests, in whichever process, steer the local Cloudflare: faults, counted calls, its state, a fresh start.
import type { stateView } from "./api/admin-routes.ts";
import type { CallReport } from "./api/calls.ts";
import type { FaultOrder } from "./api/faults.ts";
import type { PlacedAnswerOrder } from "./state/placed-answer.ts";

type LocalState = ReturnType<typeof stateView>;

export interface CloudflareAdmin {
  /** @throws if there is no such endpoint; the message lists those there are */
  addFault(order: FaultOrder): Promise<void>;
  clearFaults(): Promise<void>;
  /** For every visitor of a hostname, in the place of its tunnel. */
  placeAnswer(order: PlacedAnswerOrder): Promise<void>;
  clearAnswers(): Promise<void>;
  calls(): Promise<CallReport>;
  clearCalls(): Promise<void>;
  state(): Promise<LocalState>;
  /** Drops every connector and forgets everything: tunnels, records, faults, calls, spent budgets. */
  reset(): Promise<void>;
}

/** @param apiUrl as startCloudflare gives it, with or without its /client/v4 */
export const cloudflareAdmin = (apiUrl: string): CloudflareAdmin => {
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(new URL(`/_local/${path}`, apiUrl), {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    if (!response.ok)
      throw new Error(`${method} /_local/${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    addFault: (order) => ask("POST", "faults", order),
    clearFaults: () => ask("DELETE", "faults"),
    placeAnswer: (order) => ask("POST", "placed-answers", order),
    clearAnswers: () => ask("DELETE", "placed-answers"),
    calls: () => ask("GET", "calls"),
    clearCalls: () => ask("DELETE", "calls"),
    state: () => ask("GET", "state"),
    reset: () => ask("POST", "reset"),
  };
};
