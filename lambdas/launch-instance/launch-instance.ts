// Starts the tenant's machine, or adopts the one that an earlier attempt started. The machine decides the zone: when
// one subnet has no room the next is tried, unless the tenant's data already lives in a zone. In the same way it starts
// the machine that takes the place of others, while those still hold the data.
import type * as z from "zod";
import { clientToken } from "../../core/aws/client-token.ts";
import { type Instance, type Instances, isEnded } from "../../core/aws/instances.ts";
import { dataVolumeOf, type Volume, type Volumes } from "../../core/aws/volumes.ts";
import { CapacityError, DataVolumeMissingError, InstanceLostError } from "../../core/errors.ts";
import type { Subnet } from "../../core/handler/environment.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { hostname, type TenantKey } from "../../core/tenant/names.ts";
import type { TenantStatus } from "../../core/tenant/status.ts";
import { superseded, type TenantStore } from "../../core/tenant/tenant-store.ts";
import { sayingWhatFor } from "../../core/tenant/waiting.ts";
import { inTurn } from "./subnet-order.ts";
import { task } from "./task.ts";

type Input = TaskInput<typeof task>;

export interface LaunchInstanceDeps {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN" | "LAUNCH_TEMPLATE_ID" | "SUBNETS">;
  tenants: Pick<TenantStore, "get" | "recordStep" | "recordWait">;
  instances: Pick<Instances, "find" | "run">;
  volumes: Pick<Volumes, "find">;
}

/** A row that wants no machine any more is seen before one is launched: its removal may have looked already. */
export const launchInstance = async ({ key, replaces }: Input, deps: LaunchInstanceDeps) => {
  const row = await deps.tenants.get(key.slug);
  if (row?.generation !== key.generation || !launching.has(row.status)) throw superseded(key);
  const launch = () => adoptOrLaunch(key, replaces, deps);
  const launched = await sayingWhatFor([CapacityError], key, task.step, deps.tenants, launch);
  const { id: instanceId, zone: availabilityZone } = launched;
  const made = { instanceId, availabilityZone };
  await deps.tenants.recordStep(key, task.step, made);
  return made;
};

const launching: ReadonlySet<TenantStatus> = new Set(["provisioning", "repairing"]);

const adoptOrLaunch = async (
  key: TenantKey,
  replaces: string[] | undefined,
  deps: LaunchInstanceDeps,
): Promise<Instance> => {
  const found = (await deps.instances.find(key)).filter(({ id }) => !replaces?.includes(id));
  const living = found.find((instance) => !isEnded(instance));
  if (!living) return launch(key, { ended: found.length, replaces }, deps);
  if (living.state === "pending" || living.state === "running") return living;
  throw new InstanceLostError(`Instance ${living.id} is ${living.state} instead of running.`);
};

/** What tells this launch from those before it: each needs a client token of its own. */
interface After {
  ended: number;
  replaces: string[] | undefined;
}

const launch = async (
  key: TenantKey,
  { ended, replaces }: After,
  deps: LaunchInstanceDeps,
): Promise<Instance> => {
  const { env, instances } = deps;
  const data = dataVolumeOf(await deps.volumes.find(key));
  if (replaces && !data) throw new DataVolumeMissingError(`Tenant ${key.slug} has no data volume.`);
  const full: CapacityError[] = [];
  for (const { id: subnetId } of candidates(key, data, env.SUBNETS)) {
    const parts = [ended, ...(replaces ?? []).toSorted(), subnetId];
    const token = clientToken(key.slug, key.generation, ...parts);
    const request = { of: key, hostname: hostname(key.slug, env.BASE_DOMAIN), clientToken: token, subnetId };
    try {
      return await instances.run({ ...request, launchTemplateId: env.LAUNCH_TEMPLATE_ID });
    } catch (error) {
      if (!(error instanceof CapacityError)) throw error;
      full.push(error);
    }
  }
  const causes = full.map(({ cause }) => (cause instanceof Error ? cause.name : "no reason given"));
  throw new CapacityError(`None of ${full.length} subnets has room for a machine (${causes.join(", ")}).`, {
    cause: full.at(-1),
  });
};

const candidates = (key: TenantKey, data: Volume | undefined, subnets: Subnet[]): Subnet[] => {
  const possible = subnets.filter(({ zone }) => !data || zone === data.zone);
  if (possible.length > 0) return inTurn(possible, key.slug);
  throw new CapacityError(`No configured subnet is in ${data?.zone}, where the data volume ${data?.id} is.`);
};
