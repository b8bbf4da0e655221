// Starts the tenant's machine, or adopts the one that an earlier attempt started. The machine decides the zone: when
// one subnet has no room the next is tried, unless the tenant's data already lives in a zone. In the same way it starts
// the machine that takes the place of others, while those still hold the data.
import type * as z from "zod";
import { clientToken } from "../../core/aws/client-token.ts";
import { type Instance, type Instances, isEnded } from "../../core/aws/instances.ts";
import { dataVolumeOf, type Volume, type Volumes } from "../../core/aws/volumes.ts";
import type { Clock } from "../../core/clock.ts";
import {
  CapacityError,
  DataVolumeMissingError,
  InstanceLostError,
  NoCapacityError,
  NoSecondRoomError,
} from "../../core/errors.ts";
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
  env: Omit<z.output<typeof task.environment>, "STAGE" | "TENANTS_TABLE">;
  tenants: Pick<TenantStore, "get" | "recordStep" | "recordWait">;
  instances: Pick<Instances, "find" | "run">;
  volumes: Pick<Volumes, "find">;
  clock: Clock;
}

/** A row that wants no machine any more is seen before one is launched: its removal may have looked already. */
export const launchInstance = async (input: Input, deps: LaunchInstanceDeps) => {
  const { key, replaces } = input;
  const row = await deps.tenants.get(key.slug);
  if (row?.generation !== key.generation || !launching.has(row.status)) throw superseded(key);
  const launch = () => adoptOrLaunch(key, replaces, deps).catch(judging(input, deps));
  const launched = await sayingWhatFor([CapacityError], key, task.step, deps.tenants, launch);
  const { id: instanceId, zone: availabilityZone } = launched;
  const made = { instanceId, availabilityZone };
  await deps.tenants.recordStep(key, task.step, made);
  return made;
};

/** Room that is lacking is waited for, but for that of a machine that is to be replaced anyway. */
const judging =
  ({ replaces, madeRoom, since }: Input, { env, clock }: LaunchInstanceDeps) =>
  (error: unknown): never => {
    if (!(error instanceof CapacityError)) throw error;
    if (replaces && !madeRoom) throw new NoSecondRoomError(error.message, { cause: error });
    const waited = clock.now() - Date.parse(since);
    if (waited < env.CAPACITY_WAIT_SECONDS * 1_000)
      throw new CapacityError(`Waiting for capacity: ${error.message}`, { cause: error });
    const minutes = Math.round(waited / 60_000);
    throw new NoCapacityError(`${error.message} Waited for ${minutes} minutes.`, { cause: error });
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
  for (const { subnetId, instanceType } of places(key, data, env)) {
    const parts = [ended, ...(replaces ?? []).toSorted(), subnetId, ...(instanceType ? [instanceType] : [])];
    const token = clientToken(key.slug, key.generation, ...parts);
    const request = { of: key, hostname: hostname(key.slug, env.BASE_DOMAIN), clientToken: token };
    const place = { subnetId, instanceType, launchTemplateId: env.LAUNCH_TEMPLATE_ID };
    try {
      return await instances.run({ ...request, ...place });
    } catch (error) {
      if (!(error instanceof CapacityError)) throw error;
      full.push(error);
    }
  }
  const causes = new Set(full.map(({ cause }) => (cause instanceof Error ? cause.name : "no reason given")));
  const types = env.INSTANCE_TYPES.join(", ");
  throw new CapacityError(`No subnet has room for ${types} (${[...causes].join(", ")}).`, {
    cause: full.at(-1),
  });
};

interface Place {
  subnetId: string;
  /** undefined: the launch template's */
  instanceType: string | undefined;
}

/** The wanted type wherever it may be, then the next one. */
const places = (key: TenantKey, data: Volume | undefined, env: LaunchInstanceDeps["env"]): Place[] => {
  const subnets = candidates(key, data, env.SUBNETS);
  return [undefined, ...env.INSTANCE_TYPES.slice(1)].flatMap((instanceType) =>
    subnets.map(({ id: subnetId }) => ({ subnetId, instanceType })),
  );
};

const candidates = (key: TenantKey, data: Volume | undefined, subnets: Subnet[]): Subnet[] => {
  const possible = subnets.filter(({ zone }) => !data || zone === data.zone);
  if (possible.length > 0) return inTurn(possible, key.slug);
  throw new CapacityError(`No configured subnet is in ${data?.zone}, where the data volume ${data?.id} is.`);
};
