// API tokens: who is calling, and what the token may do where.
import type { FastifyRequest } from "fastify";
import type { CloudflareState } from "../state/state.ts";
import {
  authenticationError,
  badAuthorization,
  couldNotRoute,
  invalidToken,
  invalidZone,
  noCredentials,
  unknownToken,
} from "./errors.ts";

/** Cloudflare's names of its permission groups; a "Write" includes its "Read". */
export type Permission =
  | "Cloudflare Tunnel Read"
  | "Cloudflare Tunnel Write"
  | "DNS Read"
  | "DNS Write"
  | "Zone Read";

export interface ApiToken {
  value: string;
  permissions: readonly Permission[];
  /** Ids of the accounts or zones it is limited to; without them it may use all of this stand-in. */
  accounts?: readonly string[];
  zones?: readonly string[];
  /** Account-owned tokens verify at the account's endpoint. Default "user". */
  owner?: "user" | "account";
}

const IDENTIFIER = /^[0-9a-f]{32}$/;

/** @throws ApiError as Cloudflare does for a missing, malformed or unknown token */
export const authenticate = (tokens: readonly ApiToken[], request: FastifyRequest): ApiToken => {
  const header = request.headers.authorization;
  if (header === undefined) throw noCredentials();
  const [, value] = /^Bearer ([\w.-]+)$/.exec(header) ?? [];
  if (value === undefined) throw badAuthorization();
  const token = tokens.find((candidate) => candidate.value === value);
  if (!token) throw request.url.includes("/tokens/verify") ? invalidToken() : unknownToken();
  return token;
};

export class Access {
  readonly #state: CloudflareState;
  readonly #token: ApiToken;

  constructor(state: CloudflareState, token: ApiToken) {
    this.#state = state;
    this.#token = token;
  }

  get token(): ApiToken {
    return this.#token;
  }

  account(id: string, permission: Permission): void {
    const known = id === this.#state.accountId;
    if (!known && !IDENTIFIER.test(id)) throw couldNotRoute(`/client/v4/accounts/${id}`);
    const inScope = known && (this.#token.accounts?.includes(id) ?? true);
    if (!inScope || !this.#may(permission)) throw authenticationError();
  }

  zone(id: string, permission: Permission): void {
    const known = id === this.#state.zone.id;
    if (!known && !IDENTIFIER.test(id)) throw couldNotRoute(`/client/v4/zones/${id}`);
    const inScope = this.#token.zones?.includes(id) ?? true;
    if (!inScope || !this.#may(permission)) throw authenticationError();
    if (!known) throw invalidZone();
  }

  /** Listing leaves out what the token may not see. */
  seesZone = (): boolean =>
    this.#may("Zone Read") && (this.#token.zones?.includes(this.#state.zone.id) ?? true);

  #may(permission: Permission): boolean {
    const write = permission.replace(/Read$/, "Write") as Permission;
    return this.#token.permissions.includes(permission) || this.#token.permissions.includes(write);
  }
}
