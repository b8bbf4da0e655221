// Asks for the tenant's health page the way its users will, through the edge, until its own machine answers 200: that
// proves the record, the tunnel, the connector, the front and the application together, and costs no Cloudflare API call.
import type * as z from "zod";
import { type Clock, poll } from "../../core/clock.ts";
import { type Edge, targetOf } from "../../core/edge/edge.ts";
import type { ProbeResult } from "../../core/edge/probe.ts";
import { NotServedYetError, ProbeFailedError } from "../../core/errors.ts";
import { ASKS_FOR, timeLeft } from "../../core/machine/first-answer.ts";
import type { Incarnation } from "../../core/tenant/names.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { superseded, type TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

type Unserved = Exclude<ProbeResult, { kind: "ok" }>;

export interface ProbeTenantDeps {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN" | "HEALTH_PATH" | "FIRST_ANSWER_SECONDS">;
  tenants: Pick<TenantStore, "get" | "recordStep">;
  edge: Edge;
  clock: Clock;
}

type Input = z.output<typeof task.input>;

const backoff = { firstPause: 500, longestPause: 2_000, atMost: ASKS_FOR };

/** @throws NotServedYetError while it may still be served, then ProbeFailedError */
export const probeTenant = async ({ since, ...of }: Input, deps: ProbeTenantDeps) => {
  const { env, tenants, edge, clock } = deps;
  const target = targetOf(await wanted(of, tenants), env);
  const startedAt = clock.now();
  let seen: Unserved | undefined;
  const answered = await poll(
    async () => {
      const probe = await edge.probe(target);
      if (probe.kind === "ok") return true;
      seen = probe;
      return undefined;
    },
    backoff,
    clock,
  );
  if (!answered) throw unserved(`https://${target.hostname}${target.path}`, seen, since, deps);
  await tenants.recordStep(of, task.step);
  return { elapsedMs: clock.now() - startedAt };
};

const unserved = (
  url: string,
  seen: Unserved | undefined,
  since: string,
  { env, clock }: ProbeTenantDeps,
): Error => {
  const isStarting = seen?.kind === "starting";
  const atMost = env.FIRST_ANSWER_SECONDS * 1_000;
  if (timeLeft({ since, atMost, isStarting }, clock.now()) > 0)
    return new NotServedYetError(`${url} is not served yet: ${seen?.words}.`);
  const minutes = Math.round((clock.now() - Date.parse(since)) / 60_000);
  return new ProbeFailedError(`${url} was not served within ${minutes} minutes: ${seen?.words}.`);
};

/** Waiting for a tenant that is being removed would only delay its removal. */
const wanted = async (of: Incarnation, tenants: ProbeTenantDeps["tenants"]): Promise<Tenant> => {
  const row = await tenants.get(of.slug);
  if (row?.generation !== of.generation || row.status !== "provisioning") throw superseded(of);
  return row;
};
