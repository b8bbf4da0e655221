// Zones: this stand-in has one.
import type { FastifyInstance } from "fastify";
import type { CloudflareState } from "../state/state.ts";
import { paginate, success } from "./envelope.ts";
import { ApiError } from "./errors.ts";

const LIMITS = { defaultSize: 20, maxSize: 50 };
const invalid = (message: string): ApiError => new ApiError(400, 6003, message);

export const zoneRoutes = (api: FastifyInstance, state: CloudflareState): void => {
  const shown = {
    ...state.zone,
    status: "active",
    paused: false,
    type: "full",
    account: { id: state.accountId, name: "Local" },
    name_servers: ["ada.ns.cloudflare.com", "lee.ns.cloudflare.com"],
    plan: { legacy_id: "free", name: "Free Website" },
  };

  api.get<{ Querystring: Record<string, unknown> }>("/zones", ({ access, query }) => {
    const wanted = query.name === undefined || query.name === state.zone.name;
    const account = query["account.id"] === undefined || query["account.id"] === state.accountId;
    const zones = access.seesZone() && wanted && account ? [shown] : [];
    return paginate(zones, query, LIMITS, invalid);
  });

  api.get<{ Params: { zone_id: string } }>("/zones/:zone_id", ({ access, params }) => {
    access.zone(params.zone_id, "Zone Read");
    return success(shown);
  });
};
