// Looks once more before anything is touched: a repair is ordered by a sweep, and what that saw may be minutes old.
import type * as z from "zod";
import { type Instance, type Instances, isEnded } from "../../core/aws/instances.ts";
import type { Clock } from "../../core/clock.ts";
import { type Edge, targetOf } from "../../core/edge/edge.ts";
import type { ProbeResult, ProbeTarget } from "../../core/edge/probe.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { withNamed } from "../../core/not-shown.ts";
import { isUnder } from "../../core/repair/repair-store.ts";
import type { TenantKey } from "../../core/tenant/names.ts";
import type { Tenant, TenantRepair } from "../../core/tenant/tenant.ts";
import { superseded, type TenantStore } from "../../core/tenant/tenant-store.ts";
import { diagnose, type Finding, ladders } from "./ladder.ts";
import type { task } from "./task.ts";

type Diagnosis = z.input<typeof task.output>;

export interface DiagnoseTenantDeps {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN" | "HEALTH_PATH">;
  tenants: Pick<TenantStore, "get">;
  instances: Pick<Instances, "find" | "look" | "check">;
  edge: Edge;
  clock: Clock;
}

type Row = Tenant & { repair: TenantRepair };

/** No repair begins for what one request alone met. Milliseconds. */
const SECOND_PROBE_AFTER = 3_000;

export const diagnoseTenant = async (
  of: TaskInput<typeof task>,
  deps: DiagnoseTenantDeps,
): Promise<Diagnosis> => {
  const row = await deps.tenants.get(of.slug);
  if (!isUnder(row, of)) throw superseded(of);
  const found = await machinesOf(row, of.key, deps);
  const living = found.filter((machine) => !isEnded(machine));
  const machine = living.find(({ id }) => id === row.resources.instanceId) ?? living[0];
  return {
    ...(await examine(row, machine ?? lostOf(row, found), deps)),
    // Of two machines, none is to be restarted, or given the secrets, before the old one has stopped.
    ...(machine && !row.repair.replaces && { instanceId: machine.id }),
    replaces: replaced(row, living),
  };
};

/** Those with our tags, and the one that the row names, which may have lost them. */
const machinesOf = async (row: Row, key: TenantKey, { instances }: DiagnoseTenantDeps): Promise<Instance[]> =>
  withNamed(await instances.find(key), [row.resources.instanceId], (id) => instances.look(id, key));

/** What EC2 still shows of the machine that the row names, which nothing can bring back. */
const lostOf = (row: Row, found: Instance[]): Instance | undefined =>
  found.find(({ id }) => id === row.resources.instanceId);

type Examined = Pick<Diagnosis, "finding" | "reason" | "rungs">;

const as = (finding: Finding, reason: string): Examined => ({
  finding,
  reason,
  rungs: [...ladders[finding]],
});

const examine = async (
  row: Row,
  machine: Instance | undefined,
  deps: DiagnoseTenantDeps,
): Promise<Examined> => {
  const begun = row.repair.replaces;
  if (begun)
    return as(
      "missing",
      `A replacement of ${begun.join(", ") || "a lost machine"} was begun and not finished.`,
    );
  if (!machine) return withoutMachine(row, deps);
  if (isEnded(machine)) return as("missing", `Instance ${machine.id} is ${machine.state}.`);
  if (machine.state !== "running") return as("stopped", `Instance ${machine.id} is ${machine.state}.`);
  const target = targetOf(row, deps.env);
  const [check, probe] = await Promise.all([deps.instances.check(machine.id), probeTwice(target, deps)]);
  const { finding, words } = diagnose({ machine, check, probe, cause: row.health?.cause });
  return as(finding, `https://${target.hostname}${target.path} ${words}.`);
};

/**
 * EC2 may show a machine late, or without its tags: what answers is there, and only where the edge finds no connector
 * either is it missing.
 */
const withoutMachine = async (row: Row, deps: DiagnoseTenantDeps): Promise<Examined> => {
  const target = targetOf(row, deps.env);
  const probe = await probeTwice(target, deps);
  const asked = `EC2 shows no machine of the tenant's, and https://${target.hostname}${target.path}`;
  if (probe.kind === "ok") return as("healthy", `${asked} is served.`);
  if (probe.kind !== "bad") return as("unknown", `${asked} tells nothing: ${probe.words}.`);
  const finding = probe.cause === "connector" ? "missing" : probe.cause;
  return as(finding, `${asked} is not served: ${probe.words}.`);
};

const probeTwice = async (target: ProbeTarget, { edge, clock }: DiagnoseTenantDeps): Promise<ProbeResult> => {
  const first = await edge.probe(target);
  if (first.kind === "ok") return first;
  await clock.sleep(SECOND_PROBE_AFTER);
  return edge.probe(target);
};

/**
 * Once a replacement has begun, what it takes away is what the row says, and not the machine that it launched; unless
 * that one does not run any more either, and stands in the way of another.
 */
const replaced = (row: Row, living: Instance[]): string[] => {
  const begun = row.repair.replaces;
  const replacing = begun ?? (row.resources.instanceId ? [row.resources.instanceId] : []);
  const inTheWay = begun ? living.filter(({ state }) => state === "stopping" || state === "stopped") : living;
  return [...new Set([...replacing, ...inTheWay.map(({ id }) => id)])];
};
