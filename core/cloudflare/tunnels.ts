// A tenant's tunnel at Cloudflare. Its name is our marker: it derives from stage, slug and generation, and nothing
// is read, adopted or deleted here by any other handle.

import { isDeepStrictEqual } from "node:util";
import { BaseCloudflared } from "cloudflare/resources/zero-trust/tunnels/cloudflared/cloudflared";
import {
  BaseConfigurations,
  type ConfigurationUpdateParams,
} from "cloudflare/resources/zero-trust/tunnels/cloudflared/configurations";
import { BaseConnections } from "cloudflare/resources/zero-trust/tunnels/cloudflared/connections";
import { BaseToken } from "cloudflare/resources/zero-trust/tunnels/cloudflared/token";
import { createClient } from "cloudflare/tree-shakable";
import { CloudflareRejectedError, TunnelBusyError } from "../errors.ts";
import { type CloudflareAccess, cloudflareCall, idOf } from "./cloudflare.ts";
import { wholeListing } from "./whole-listing.ts";

export interface Tunnels {
  /** The new tunnel's id, or undefined when one of this name exists. */
  create(name: string, secret: string): Promise<string | undefined>;
  /** The id of the tunnel of this name that is not deleted. */
  find(name: string): Promise<string | undefined>;
  /** By its id; undefined when it is deleted, or never was. */
  look(id: string): Promise<{ name: string } | undefined>;
  /** CloudflareRejectedError when another tunnel has this name. */
  rename(id: string, name: string): Promise<void>;
  /** What a connector of this tunnel logs in with: a secret. */
  token(id: string): Promise<string>;
  /** Requests for `hostname` go to `service`, all others to a 404. */
  route(id: string, hostname: string, service: string): Promise<void>;
  /** Whether its rules are exactly those that `route` sets. */
  isRouted(id: string, hostname: string, service: string): Promise<boolean>;
  dropConnections(id: string): Promise<void>;
  /** An unknown tunnel counts as deleted; TunnelBusyError while a connector is connected. */
  delete(id: string): Promise<void>;
}

/** "You already have a tunnel with this name" (with status 409). */
const NAME_TAKEN = 1013;
/** "tunnel has active connections" */
const CONNECTED = 1022;

type Rule = NonNullable<ConfigurationUpdateParams.Config["ingress"]>[number];

/** The mandatory last rule has no hostname, though the client's type asks for one. */
const rulesOf = (hostname: string, service: string): Rule[] => [
  { hostname, service },
  { service: "http_status:404" } as Rule,
];

/** Cloudflare may spell what a rule does not say as an empty value. */
const meaningOf = ({ hostname, service, path, originRequest }: Rule) => ({
  hostname: hostname || "",
  service,
  path: path || "",
  originRequest: originRequest ?? {},
});

const isRejected = (error: unknown, code: number): boolean =>
  error instanceof CloudflareRejectedError && error.codes.includes(code);

const isUnknown = (error: unknown): boolean =>
  error instanceof CloudflareRejectedError && error.status === 404;

export const tunnels = (access: CloudflareAccess, accountId: string): Tunnels => {
  const call = cloudflareCall(access, (options) =>
    createClient({
      ...options,
      resources: [BaseCloudflared, BaseConfigurations, BaseConnections, BaseToken],
    }),
  );
  const account = { account_id: accountId };

  return {
    create: async (name, secret) => {
      const body = { ...account, name, config_src: "cloudflare", tunnel_secret: secret } as const;
      try {
        const what = `create the tunnel ${name}`;
        return idOf(await call(what, (client) => client.zeroTrust.tunnels.cloudflared.create(body)), what);
      } catch (error) {
        if (isRejected(error, NAME_TAKEN)) return undefined;
        throw error;
      }
    },

    find: async (name) => {
      const what = `find the tunnel ${name}`;
      const page = await call(what, (client) =>
        client.zeroTrust.tunnels.cloudflared.list({ ...account, name, is_deleted: false }),
      );
      return wholeListing(what, page).find((tunnel) => tunnel.name === name && !tunnel.deleted_at)?.id;
    },

    look: async (id) => {
      try {
        const tunnel = await call(`read tunnel ${id}`, (client) =>
          client.zeroTrust.tunnels.cloudflared.get(id, account),
        );
        return tunnel.deleted_at ? undefined : { name: tunnel.name ?? "" };
      } catch (error) {
        if (isUnknown(error)) return undefined;
        throw error;
      }
    },

    rename: async (id, name) => {
      await call(`name tunnel ${id} ${name}`, (client) =>
        client.zeroTrust.tunnels.cloudflared.edit(id, { ...account, name }),
      );
    },

    token: (id) =>
      call(`read the token of tunnel ${id}`, (client) =>
        client.zeroTrust.tunnels.cloudflared.token.get(id, account),
      ),

    isRouted: async (id, hostname, service) => {
      const { config } = await call(`read the ingress rules of tunnel ${id}`, (client) =>
        client.zeroTrust.tunnels.cloudflared.configurations.get(id, account),
      );
      const rules = (config?.ingress ?? []).map(meaningOf);
      return isDeepStrictEqual(rules, rulesOf(hostname, service).map(meaningOf));
    },

    route: async (id, hostname, service) => {
      const config = { ingress: rulesOf(hostname, service) };
      await call(`set the ingress rules of tunnel ${id}`, (client) =>
        client.zeroTrust.tunnels.cloudflared.configurations.update(id, { ...account, config }),
      );
    },

    dropConnections: async (id) => {
      try {
        await call(`drop the connections of tunnel ${id}`, (client) =>
          client.zeroTrust.tunnels.cloudflared.connections.delete(id, account),
        );
      } catch (error) {
        if (!isUnknown(error)) throw error;
      }
    },

    delete: async (id) => {
      try {
        await call(`delete the tunnel ${id}`, (client) =>
          client.zeroTrust.tunnels.cloudflared.delete(id, account),
        );
      } catch (error) {
        if (isRejected(error, CONNECTED)) {
          throw new TunnelBusyError(`A connector of tunnel ${id} came back.`, { cause: error });
        }
        if (!isUnknown(error)) throw error;
      }
    },
  };
};
