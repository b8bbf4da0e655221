// The API as one server: what every call goes through before its route, and the routes.
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import type { CloudflareState } from "../state/state.ts";
import { type Administered, adminRoutes } from "./admin-routes.ts";
import { CallCounter, type Endpoint, endpointOf } from "./calls.ts";
import { configurationRoutes } from "./configuration-routes.ts";
import { connectionRoutes } from "./connection-routes.ts";
import { dnsRoutes } from "./dns-routes.ts";
import { FREE_RECORD_QUOTA } from "./dns-rules.ts";
import { type Envelope, failure, halved } from "./envelope.ts";
import { ApiError, malformedJson, noRoute } from "./errors.ts";
import { type FaultEffect, FaultPlan } from "./faults.ts";
import { type CallBudget, CLOUDFLARE_BUDGET, RateLimiter } from "./rate-limit.ts";
import { tokenRoutes } from "./token-routes.ts";
import { Access, type ApiToken, authenticate } from "./tokens.ts";
import { tunnelRoutes } from "./tunnel-routes.ts";
import { zoneRoutes } from "./zone-routes.ts";

export const API_PATH = "/client/v4";

export interface ApiOptions {
  tokens: readonly ApiToken[];
  /** Default: Cloudflare's 1,200 calls per five minutes and token. */
  callBudget?: CallBudget;
  /** DNS records per zone. Default: a free zone's. */
  recordQuota?: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

declare module "fastify" {
  interface FastifyRequest {
    access: Access;
    loseAnswer: boolean;
    /** Undefined for a whole listing. */
    halfListing: { honest: boolean } | undefined;
  }
}

/** A server that is not listening yet. */
export const createApi = (state: CloudflareState, options: ApiOptions): FastifyInstance => {
  const server = Fastify({ forceCloseConnections: true, exposeHeadRoutes: false });
  const administered: Administered = {
    state,
    calls: new CallCounter(),
    faults: new FaultPlan(),
    limiter: new RateLimiter(options.callBudget ?? CLOUDFLARE_BUDGET, options.now ?? Date.now),
    endpoints: new Set<Endpoint>(),
  };
  parseJson(server);
  answerErrors(server);
  server.decorateRequest("loseAnswer", false);
  server.decorateRequest("halfListing", undefined);
  adminRoutes(server, administered);
  server.register(async (api) => addRoutes(api, administered, options), { prefix: API_PATH });
  return server;
};

const addRoutes = (api: FastifyInstance, administered: Administered, options: ApiOptions): void => {
  const { state, endpoints } = administered;
  api.addHook("onRoute", ({ method, url }) => {
    endpoints.add(endpointOf(String(method), url));
  });
  api.addHook("onRequest", (request, reply) => admit(request, reply, administered, options.tokens));
  // Once the body is read: a fault may be about one tenant.
  api.addHook("preHandler", async (request, reply) => {
    const sent = `${request.url} ${JSON.stringify(request.body)}`;
    const effect = administered.faults.take(calledEndpoint(request), sent);
    return effect && inflict(effect, request, reply);
  });
  api.addHook("onSend", async (request, reply) => {
    if (request.loseAnswer) reply.raw.destroy();
  });
  api.addHook("preSerialization", async ({ halfListing }, _reply, payload) =>
    halfListing ? halved(payload as Envelope, halfListing.honest) : payload,
  );
  tokenRoutes(api);
  zoneRoutes(api, state);
  tunnelRoutes(api, state);
  configurationRoutes(api, state);
  connectionRoutes(api, state);
  dnsRoutes(api, state, options.recordQuota ?? FREE_RECORD_QUOTA);
};

const admit = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { state, calls, limiter }: Administered,
  tokens: readonly ApiToken[],
): Promise<void> => {
  calls.count(calledEndpoint(request));
  const token = authenticate(tokens, request);
  request.access = new Access(state, token);
  const { headers, error } = limiter.spend(token.value);
  reply.headers(headers);
  if (error) throw error;
};

const calledEndpoint = ({ method, url, routeOptions }: FastifyRequest): Endpoint =>
  endpointOf(method, routeOptions.url ?? url);

/** @returns the reply if it has been answered with this */
const inflict = (
  effect: FaultEffect,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply | undefined => {
  if (effect.kind === "lost-answer") request.loseAnswer = true;
  else if (effect.kind === "half-listing") request.halfListing = effect;
  else if (effect.kind === "hang") return reply.hijack();
  else if (effect.kind === "garbage")
    return reply.type("text/html").send("<html>not what you asked for</html>");
  else
    return reply
      .code(effect.status)
      .send(effect.body ?? failure(new ApiError(effect.status, 10001, "injected fault")));
  return undefined;
};

/** Bodies may be absent with a JSON content type, as the official client sends its deletes. */
const parseJson = (server: FastifyInstance): void => {
  server.addContentTypeParser("application/json", { parseAs: "string" }, (_request, text, done) => {
    if (text === "") return done(null, undefined);
    try {
      done(null, JSON.parse(String(text)));
    } catch {
      done(malformedJson());
    }
  });
};

const answerErrors = (server: FastifyInstance): void => {
  server.setNotFoundHandler((_request, reply) => reply.code(404).send(failure(noRoute())));
  server.setErrorHandler<FastifyError | ApiError>((error, _request, reply) => {
    const known =
      error instanceof ApiError ? error : new ApiError(error.statusCode ?? 500, 10001, error.message);
    return reply.code(known.status).headers(known.headers).send(failure(known));
  });
};
