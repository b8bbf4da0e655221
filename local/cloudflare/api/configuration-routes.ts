// A tunnel's remote configuration: each PUT is a new version, pushed to every connected connector.
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import type { Tunnel, TunnelConfig } from "../state/model.ts";
import type { CloudflareState } from "../state/state.ts";
import { readBody, success } from "./envelope.ts";
import { badConfiguration } from "./errors.ts";
import { requireTunnel, type TunnelParams } from "./tunnel-routes.ts";

const configuration = z.object({
  config: z.looseObject({
    ingress: z
      .array(
        z.looseObject({
          hostname: z.string().optional(),
          path: z.string().optional(),
          service: z.string().min(1),
        }),
      )
      .optional(),
  }),
});

type Rule = NonNullable<TunnelConfig["ingress"]>[number];

const isCatchAll = ({ hostname, path }: Rule): boolean =>
  (hostname === undefined || hostname === "" || hostname === "*") && (path ?? "") === "";

/** The rules of cloudflared's own validation (ingress/ingress.go of 2026.8.2), which the API applies too. */
const checkIngress = (rules: readonly Rule[]): void => {
  for (const [index, rule] of rules.entries()) {
    const last = index === rules.length - 1;
    if (last && !isCatchAll(rule)) {
      throw badConfiguration(
        "The last ingress rule must match all URLs (i.e. it should not have a hostname or path filter)",
      );
    }
    if (!last && isCatchAll(rule)) {
      throw badConfiguration(
        `Rule #${index + 1} is matching the hostname '${rule.hostname ?? ""}', but this will match every hostname, meaning the rules which follow it will never be triggered.`,
      );
    }
    if ((rule.hostname ?? "").lastIndexOf("*") > 0) {
      throw badConfiguration(
        'Hostname patterns can have at most one wildcard character ("*") and it can only be used for subdomains, e.g. "*.example.com"',
      );
    }
  }
};

const view = (state: CloudflareState, tunnel: Tunnel) => ({
  account_id: state.accountId,
  tunnel_id: tunnel.id,
  version: tunnel.configuration.version,
  config: tunnel.configuration.config,
  source: tunnel.configSource,
  created_at: tunnel.configuration.createdAt,
});

export const configurationRoutes = (api: FastifyInstance, state: CloudflareState): void => {
  const path = "/accounts/:account_id/cfd_tunnel/:tunnel_id/configurations";

  api.get<{ Params: TunnelParams }>(path, ({ access, params }) => {
    access.account(params.account_id, "Cloudflare Tunnel Read");
    return success(view(state, requireTunnel(state, params)));
  });

  api.put<{ Params: TunnelParams }>(path, ({ access, params, body }) => {
    access.account(params.account_id, "Cloudflare Tunnel Write");
    const tunnel = requireTunnel(state, params);
    const { config } = readBody(configuration, body, badConfiguration);
    checkIngress(config.ingress ?? []);
    const version = tunnel.configuration.version + 1;
    tunnel.configuration = { version, config, createdAt: new Date().toISOString() };
    tunnel.configSource = "cloudflare";
    for (const connection of state.connectionsOf(tunnel.id))
      connection.pushConfiguration(tunnel.configuration);
    return success(view(state, tunnel));
  });
};
