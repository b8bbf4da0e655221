// Counts calls by endpoint, so that a test can hold the system to its call budget.

/** Method and route as Cloudflare's documentation spells them: "POST /accounts/{account_id}/cfd_tunnel". */
export type Endpoint = string;

export interface CallReport {
  total: number;
  byEndpoint: Record<Endpoint, number>;
}

export class CallCounter {
  readonly #counts = new Map<Endpoint, number>();

  count(endpoint: Endpoint): void {
    this.#counts.set(endpoint, (this.#counts.get(endpoint) ?? 0) + 1);
  }

  report(): CallReport {
    const counts = [...this.#counts];
    return { total: counts.reduce((sum, [, n]) => sum + n, 0), byEndpoint: Object.fromEntries(counts) };
  }

  reset = (): void => this.#counts.clear();
}

/** From a router's pattern: "/client/v4/zones/:zone_id" is "/zones/{zone_id}". */
export const endpointOf = (method: string, pattern: string): Endpoint =>
  `${method} ${pattern.replace(/^\/client\/v4/, "").replace(/:(\w+)/g, "{$1}")}`;
