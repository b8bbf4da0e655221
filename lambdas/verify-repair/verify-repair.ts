// Believes no rung: asks for the tenant's health page through the edge until its machine answers 200, and writes down what was
// done and what came of it.
import type * as z from "zod";
import type { AuditLog, RungEntry } from "../../core/audit/audit-log.ts";
import { type Clock, poll, timestamp } from "../../core/clock.ts";
import { type Edge, targetOf } from "../../core/edge/edge.ts";
import type { ProbeResult } from "../../core/edge/probe.ts";
import { NotServedYetError } from "../../core/errors.ts";
import { ASKS_FOR, timeLeft } from "../../core/machine/first-answer.ts";
import { machineCauses } from "../../core/repair/machine-causes.ts";
import { isUnder, type RepairOf } from "../../core/repair/repair-store.ts";
import type { Rung } from "../../core/repair/rungs.ts";
import { type CaughtError, failureOf } from "../../core/tenant/failure.ts";
import { superseded, type TenantStore } from "../../core/tenant/tenant-store.ts";
import type { task } from "./task.ts";

type Input = z.output<typeof task.input>;

export interface VerifyRepairDeps {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN" | "HEALTH_PATH" | "FIRST_ANSWER_SECONDS">;
  tenants: Pick<TenantStore, "get">;
  edge: Edge;
  audit: AuditLog<RungEntry>;
  clock: Clock;
}

/** EC2 cuts off a system that hangs in a reboot after four minutes. Source: EC2 User Guide, "Reboot your instance". */
const HANGS_AT_MOST = 240_000;

/**
 * How long the tenant may take to be served after each rung, in milliseconds.
 * @param firstAnswer of a machine, or an application, that begins anew
 */
const atMost = (firstAnswer: number): Record<Rung, number> => ({
  // As long as Cloudflare may take to tell its edge and the connectors.
  "correct-route": 60_000,
  "correct-secrets": 5_000,
  "correct-machine": 15_000,
  "restart-connector": 30_000,
  "restart-front": 30_000,
  "restart-application": firstAnswer,
  "start-instance": firstAnswer,
  "reboot-instance": firstAnswer + HANGS_AT_MOST,
  "replace-instance": firstAnswer,
});

interface Verification extends Omit<z.output<typeof task.output>, "summary"> {
  /** the row wants no repair any more: its removal should not wait for this one */
  superseded?: boolean;
}

/** @throws NotServedYetError while the rung may still prove to have helped */
export const verifyRepair = async (input: Input, deps: VerifyRepairDeps) => {
  const { slug, generation, execution, attempt, rung, outcome, looks, snapshotId } = input;
  const detail = input.failure ? sentenceOf(input.failure) : input.detail;
  const { superseded: isSuperseded, ...verification } = await verify(input, deps);
  await deps.audit.append({
    slug,
    entry: `${generation}#${execution}#${rung}${looks > 1 ? `-${looks}` : ""}`,
    at: timestamp(deps.clock),
    reason: "repair",
    attempt,
    rung,
    outcome,
    healthy: verification.healthy,
    evidence: verification.evidence,
    ...(detail && { detail }),
    ...(snapshotId && { snapshotId }),
  });
  if (isSuperseded) throw superseded(input);
  const found = outcome === "done" ? verification.evidence : detail;
  return { ...verification, summary: `${rung} (${outcome}): ${found}` };
};

const sentenceOf = (caught: CaughtError): string => {
  const { step, error, reason } = failureOf(caught);
  return `${step}: ${error}: ${reason}`;
};

const verify = async (
  { rung, outcome, finding, since, ...of }: Input,
  deps: VerifyRepairDeps,
): Promise<Verification> => {
  const not = { healthy: false, known: true, elsewhere: false };
  if (outcome !== "done") return { ...not, evidence: `nothing, as the rung was ${outcome}` };
  const probes: ProbeResult[] = [];
  const patience = { since, atMost: atMost(deps.env.FIRST_ANSWER_SECONDS * 1_000)[rung] };
  const left = (isStarting: boolean) => timeLeft({ ...patience, isStarting }, deps.clock.now());
  const backoff = { firstPause: 500, longestPause: 2_000, atMost: Math.min(ASKS_FOR, left(false)) };
  const ask = () => attempt(of, probes, deps).then((end) => end ?? elsewhere(probes, finding));
  const end = await poll(ask, backoff, deps.clock);
  const evidence = words(probes.at(-1));
  if (end === "served") return { ...not, healthy: true, evidence };
  if (!end && left(probes.at(-1)?.kind === "starting") > backoff.longestPause)
    throw new NotServedYetError(`Not served yet after ${rung}: ${evidence}.`);
  const known = probes.some(({ kind }) => kind !== "unknown");
  return { ...not, evidence, known, elsewhere: end === "elsewhere", superseded: end === "superseded" };
};

/** So many probes in a row: the first after a rung may still meet what the rung has mended. */
const CERTAIN = 5;

const elsewhere = (probes: ProbeResult[], finding: string): "elsewhere" | undefined => {
  const last = probes.slice(-CERTAIN);
  // Another machine of the tenant's, as during a replacement, is not on the way.
  const isElsewhere = (probe: ProbeResult) =>
    probe.kind === "bad" && ![...machineCauses, "misrouted", finding].includes(probe.cause);
  return last.length === CERTAIN && last.every(isElsewhere) ? "elsewhere" : undefined;
};

const attempt = async (
  of: RepairOf,
  probes: ProbeResult[],
  { env, tenants, edge }: VerifyRepairDeps,
): Promise<"served" | "superseded" | undefined> => {
  const row = await tenants.get(of.slug);
  if (!isUnder(row, of)) return "superseded";
  const probe = await edge.probe(targetOf(row, env));
  probes.push(probe);
  // Served by the new machine of a replacement that was begun: the old one is still to be taken away.
  return probe.kind === "ok" && !row.repair.replaces ? "served" : undefined;
};

const words = (probe: ProbeResult | undefined): string => {
  if (!probe) return "nothing, as the repair is no longer wanted";
  return probe.kind === "ok" ? "200" : probe.words;
};
