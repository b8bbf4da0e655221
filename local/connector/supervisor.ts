// Keeps the connections to the edge: registers each, and dials again, ever more slowly, when one is lost.
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { EdgeLink } from "./edge-link.ts";
import type { Log } from "./log.ts";
import type { RegistrationClient } from "./registration-client.ts";
import type { RequestHandlers } from "./request-handlers.ts";
import type { TunnelToken } from "./token.ts";

const VERSION = "warren-connector";
/** As cloudflared's, so that the edge pushes configuration and packs headers. */
const FEATURES = ["allow_remote_config", "serialized_headers"];
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 16_000;

export interface SupervisorOptions {
  edges: readonly string[];
  authority: Buffer;
  connections: number;
  token: TunnelToken;
  handlers: RequestHandlers;
  log: Log;
}

interface Place {
  index: number;
  link: EdgeLink | undefined;
  client: RegistrationClient | undefined;
  registered: boolean;
  /** In a row. */
  failures: number;
}

export class Supervisor {
  readonly clientId = randomUUID();
  readonly #options: SupervisorOptions;
  readonly #places: Place[];
  #stopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#places = Array.from({ length: options.connections }, (_, index) => ({
      index,
      link: undefined,
      client: undefined,
      registered: false,
      failures: 0,
    }));
  }

  start(): void {
    for (const place of this.#places) void this.#keep(place);
  }

  readyConnections = (): number => this.#places.filter(({ registered }) => registered).length;

  /** Unregisters, lets requests under way finish for as long as the grace period, then cuts what is left. */
  async stop(gracePeriodMs: number): Promise<void> {
    this.#stopping = true;
    const left = Promise.all(this.#places.map((place) => this.#leave(place)));
    await Promise.race([left, setTimeout(gracePeriodMs, undefined, { ref: false })]);
    for (const { link } of this.#places) link?.destroy();
  }

  async #keep(place: Place): Promise<void> {
    while (!this.#stopping) {
      const error = await this.#serve(place);
      if (this.#stopping) return;
      const ceilingMs = Math.min(FIRST_RETRY_MS * 2 ** place.failures, LAST_RETRY_MS);
      place.failures += 1;
      const why = error ? ` error="${error.message}"` : "";
      this.#options.log("ERR", `Lost connection with the edge connIndex=${place.index}${why}`);
      this.#options.log("INF", `Retrying connection in up to ${ceilingMs / 1000}s connIndex=${place.index}`);
      await setTimeout(Math.random() * ceilingMs);
    }
  }

  /** One connection from dialling to its end; the error that ended it, if one did. */
  async #serve(place: Place): Promise<Error | undefined> {
    const { edges, authority, handlers } = this.#options;
    const edge = edges[(place.index + place.failures) % edges.length] ?? "";
    place.link = new EdgeLink(edge, authority, {
      ...handlers,
      control: (client) => void this.#register(place, client),
    });
    const error = await place.link.closed;
    place.link = undefined;
    place.client = undefined;
    place.registered = false;
    return error;
  }

  async #register(place: Place, client: RegistrationClient): Promise<void> {
    const { token, log } = this.#options;
    place.client = client;
    const identity = { id: this.clientId, version: VERSION, arch: process.arch, features: FEATURES };
    try {
      const answer = await client.register({ ...token, connIndex: place.index, client: identity });
      if ("error" in answer) {
        log("ERR", `Register tunnel error from server side error="${answer.error}"`);
        client.close();
        return;
      }
      place.registered = true;
      place.failures = 0;
      log("INF", `Registered tunnel connection connIndex=${place.index} connection=${answer.connectionId}`);
    } catch (error) {
      log("ERR", `Registration failed connIndex=${place.index} error="${(error as Error).message}"`);
    }
  }

  async #leave(place: Place): Promise<void> {
    const { link, client } = place;
    if (!link) return;
    if (place.registered) await client?.unregister().catch(() => undefined);
    this.#options.log("INF", `Unregistered tunnel connection connIndex=${place.index}`);
    place.registered = false;
    link.finish();
    await link.closed;
  }
}
