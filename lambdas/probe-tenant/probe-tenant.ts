// Asks for the tenant's health page the way its users will, through the edge, until its own machine answers 200: that
// proves the record, the tunnel, the connector, the front and the application together, and costs no Cloudflare API call.
import type * as z from "zod";
import { type Clock, poll } from "../../core/clock.ts";
import { type Edge, targetOf } from "../../core/edge/edge.ts";
import { ProbeFailedError } from "../../core/errors.ts";
import type { Incarnation } from "../../core/tenant/names.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { superseded, type TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

export interface ProbeTenantDeps {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN" | "HEALTH_PATH">;
  tenants: Pick<TenantStore, "get" | "recordStep">;
  edge: Edge;
  clock: Clock;
}

const backoff = { firstPause: 500, longestPause: 2_000, atMost: 45_000 };

export const probeTenant = async (of: Incarnation, deps: ProbeTenantDeps) => {
  const { env, tenants, edge, clock } = deps;
  const target = targetOf(await wanted(of, tenants), env);
  const startedAt = clock.now();
  let seen = "";
  const answered = await poll(
    async () => {
      const probe = await edge.probe(target);
      if (probe.kind === "ok") return true;
      seen = probe.words;
      return undefined;
    },
    backoff,
    clock,
  );
  if (!answered)
    throw new ProbeFailedError(`https://${target.hostname}${target.path} is not served yet: ${seen}.`);
  await tenants.recordStep(of, task.step);
  return { elapsedMs: clock.now() - startedAt };
};

/** Waiting for a tenant that is being removed would only delay its removal. */
const wanted = async (of: Incarnation, tenants: ProbeTenantDeps["tenants"]): Promise<Tenant> => {
  const row = await tenants.get(of.slug);
  if (row?.generation !== of.generation || row.status !== "provisioning") throw superseded(of);
  return row;
};
