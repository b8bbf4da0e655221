// What one sweep's facts say about one tenant, taken for itself. Pure; health-change.ts sets it against the sweeps before.
import { isEnded } from "../../core/aws/instances.ts";
import type { ProbeResult } from "../../core/edge/probe.ts";
import type { HealthCause } from "../../core/tenant/tenant.ts";
import type { Facts, InstanceFact, InstanceState, TunnelFact } from "./facts.ts";

/**
 * `served`: requests are answered, though `cause` may weaken it; `blind` when EC2 showed no instance. `trusted`: nobody asked,
 * and nothing speaks against it. `bad`: not served; `final` when a second look could change nothing.
 */
export type Classification =
  | { kind: "served"; cause?: "connections" | "impaired" | "drift"; reason?: string; blind?: boolean }
  | { kind: "trusted"; cause?: "connections"; reason?: string }
  | { kind: "bad"; cause: HealthCause; reason: string; final?: boolean }
  | { kind: "starting"; reason: string }
  | { kind: "unknown"; reason: string };

/**
 * From the most to the least certain: a good answer, what EC2 knows, what is missing, what is wrong. No listing outranks
 * an answer: EC2 and Cloudflare may show a machine or a tunnel late, or not at all.
 */
export const classify = ({ tunnel, instance, probe, secrets }: Facts): Classification =>
  served(tunnel, instance, probe, secrets) ??
  ended(instance) ??
  starting(instance, probe) ??
  machineTrouble(instance) ??
  cannotTell(tunnel, instance, probe) ??
  pathTrouble(tunnel, probe) ??
  quiet(tunnel, probe);

const bad = (cause: HealthCause, reason: string): Classification => ({ kind: "bad", cause, reason });

const ended = (instance: InstanceFact): Classification | undefined => {
  if (instance === "unknown") return undefined;
  if (instance === "missing") {
    return bad("missing", "EC2 shows no instance of this tenant's");
  }
  const { state } = instance;
  if (isEnded(instance)) {
    return { kind: "bad", cause: "missing", reason: `its instance is ${state}`, final: true };
  }
  if (state === "stopped" || state === "stopping") return bad("stopped", `its instance is ${state}`);
  return undefined;
};

/** A 200 outweighs what Cloudflare and EC2 say, whose words lag behind. */
const served = (
  tunnel: TunnelFact,
  instance: InstanceFact,
  probe: ProbeResult | undefined,
  secrets: string | undefined,
): Classification | undefined => {
  if (probe?.kind !== "ok") return undefined;
  if (isObject(instance) && instance.checks === "impaired") {
    return { kind: "served", cause: "impaired", reason: "served, though a status check of EC2's fails" };
  }
  const drift = isObject(instance) ? (driftOf(tunnel, instance) ?? secrets) : undefined;
  if (drift) return { kind: "served", cause: "drift", reason: `served, though ${drift}` };
  return { kind: "served", ...weakness(tunnel), blind: !isObject(instance) };
};

const driftOf = (tunnel: TunnelFact, instance: InstanceState): string | undefined => {
  if (instance.drift) return instance.drift;
  if (tunnel === "missing") return "Cloudflare shows no tunnel of its name";
  return undefined;
};

const weakness = (tunnel: TunnelFact): { cause?: "connections"; reason?: string } =>
  isObject(tunnel) && tunnel.status === "degraded"
    ? { cause: "connections", reason: "some of its tunnel's connections are missing" }
    : {};

const starting = (instance: InstanceFact, probe: ProbeResult | undefined): Classification | undefined => {
  if (probe?.kind === "starting") return { kind: "starting", reason: probe.words };
  if (!isObject(instance)) return undefined;
  if (instance.state === "pending") return { kind: "starting", reason: "its instance is pending" };
  return instance.checks === "initializing"
    ? { kind: "starting", reason: "EC2's status checks of its instance are initializing" }
    : undefined;
};

const machineTrouble = (instance: InstanceFact): Classification | undefined =>
  isObject(instance) && instance.checks === "impaired"
    ? bad("impaired", "a status check of EC2's fails")
    : undefined;

/** Where an API did not answer, only a connected tunnel that nobody complains about is evidence. */
const cannotTell = (
  tunnel: TunnelFact,
  instance: InstanceFact,
  probe: ProbeResult | undefined,
): Classification | undefined => {
  if (tunnel === "unknown") return { kind: "unknown", reason: "Cloudflare did not tell about its tunnel" };
  if (instance !== "unknown" || (isConnected(tunnel) && !probe)) return undefined;
  return { kind: "unknown", reason: "EC2 did not tell about its instance" };
};

/** The probe is fresher than the listing, but for what no repair mends: a tunnel that is not there. */
const pathTrouble = (tunnel: TunnelFact, probe: ProbeResult | undefined): Classification | undefined => {
  const isMissing = tunnel === "missing";
  if (probe?.kind === "bad" && !(isMissing && probe.cause === "connector"))
    return bad(probe.cause, probe.words);
  if (isMissing) return bad("tunnel", "Cloudflare knows no tunnel of this tenant's");
  return isConnected(tunnel) || !isObject(tunnel)
    ? undefined
    : bad("connector", `its tunnel is ${tunnel.status}: no connector is connected`);
};

const quiet = (tunnel: TunnelFact, probe: ProbeResult | undefined): Classification => {
  if (probe?.kind === "unknown") return { kind: "unknown", reason: probe.words };
  return { kind: "trusted", ...weakness(tunnel) };
};

const isObject = <T extends object>(fact: T | string): fact is T => typeof fact === "object";

const isConnected = (tunnel: TunnelFact): boolean =>
  isObject(tunnel) && (tunnel.status === "healthy" || tunnel.status === "degraded");
