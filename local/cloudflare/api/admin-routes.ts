// What tests ask of the stand-in itself, under /_local/: faults, counted calls, its state, a fresh start.
import type { FastifyInstance } from "fastify";
import { placedAnswer } from "../state/placed-answer.ts";
import type { CloudflareState } from "../state/state.ts";
import { tunnelStatus } from "../state/tunnel-status.ts";
import type { CallCounter, Endpoint } from "./calls.ts";
import { type FaultPlan, fault } from "./faults.ts";
import type { RateLimiter } from "./rate-limit.ts";

export interface Administered {
  state: CloudflareState;
  calls: CallCounter;
  faults: FaultPlan;
  limiter: RateLimiter;
  /** Every endpoint that the API has; filled while it is built. */
  endpoints: Set<Endpoint>;
}

/** Without secrets: a test that searches for them must not find them here. */
export const stateView = (state: CloudflareState) => ({
  tunnels: [...state.tunnels.values()]
    .filter(({ deletedAt }) => deletedAt === null)
    .map((tunnel) => ({
      id: tunnel.id,
      name: tunnel.name,
      status: tunnelStatus(tunnel, state.connectionsOf(tunnel.id)),
      configVersion: tunnel.configuration.version,
    })),
  records: [...state.records.values()],
  connections: [...state.connections.values()].map((connection) => ({
    id: connection.id,
    tunnelId: connection.tunnelId,
    clientId: connection.clientId,
    connIndex: connection.connIndex,
    version: connection.version,
    configVersion: connection.configVersion,
  })),
});

export const adminRoutes = (server: FastifyInstance, administered: Administered): void => {
  const { state, calls, faults, limiter, endpoints } = administered;

  server.post("/_local/faults", (request, reply) => {
    const ordered = fault.safeParse(request.body);
    if (!ordered.success) return reply.code(400).send({ error: ordered.error.issues });
    if (!endpoints.has(ordered.data.endpoint)) {
      const known = [...endpoints].sort();
      return reply.code(400).send({ error: `no endpoint "${ordered.data.endpoint}"`, known });
    }
    faults.add(ordered.data);
    return reply.code(201).send({});
  });
  server.delete("/_local/faults", () => {
    faults.clear();
    return {};
  });
  server.post("/_local/placed-answers", (request, reply) => {
    const ordered = placedAnswer.safeParse(request.body);
    if (!ordered.success) return reply.code(400).send({ error: ordered.error.issues });
    state.placed.set(ordered.data.hostname, ordered.data);
    return reply.code(201).send({});
  });
  server.delete("/_local/placed-answers", () => {
    state.placed.clear();
    return {};
  });
  server.get("/_local/calls", () => calls.report());
  server.delete("/_local/calls", () => {
    calls.reset();
    return {};
  });
  server.get("/_local/state", () => stateView(state));
  server.post("/_local/reset", () => {
    state.reset();
    faults.clear();
    calls.reset();
    limiter.reset();
    return {};
  });
};
