// Starts the tenant's machine, or adopts the one that an earlier attempt started. The machine decides the zone: when
// one subnet has no room the next is tried, unless the tenant's data already lives in a zone.
import type * as z from "zod";
import { clientToken } from "../common/client-token.ts";
import type { Subnet } from "../common/environment.ts";
import { CapacityError, InstanceLostError } from "../common/errors.ts";
import type { Instance, Instances } from "../common/instances.ts";
import { hostname, type Incarnation, type TenantKey } from "../common/names.ts";
import type { TenantStore } from "../common/tenant-store.ts";
import type { Volumes } from "../common/volumes.ts";
import type { environment } from "./environment.ts";
import { inTurn } from "./subnet-order.ts";

export interface LaunchInstanceDeps {
  env: Pick<z.output<typeof environment>, "STAGE" | "BASE_DOMAIN" | "LAUNCH_TEMPLATE_ID" | "SUBNETS">;
  tenants: Pick<TenantStore, "recordStep">;
  instances: Pick<Instances, "find" | "run">;
  volumes: Pick<Volumes, "find">;
}

export const launchInstance = async ({ slug, generation }: Incarnation, deps: LaunchInstanceDeps) => {
  const key = { stage: deps.env.STAGE, slug, generation };
  const { id: instanceId, zone: availabilityZone } = await adoptOrLaunch(key, deps);
  const made = { instanceId, availabilityZone };
  await deps.tenants.recordStep({ slug, generation }, "Launch Instance", made);
  return made;
};

const isEnded = ({ state }: Instance): boolean => state === "shutting-down" || state === "terminated";

const adoptOrLaunch = async (key: TenantKey, deps: LaunchInstanceDeps): Promise<Instance> => {
  const found = await deps.instances.find(key);
  const living = found.find((instance) => !isEnded(instance));
  if (!living) return launch(key, found.length, deps);
  if (living.state === "pending" || living.state === "running") return living;
  throw new InstanceLostError(
    `Instance ${living.id} is ${living.state}, though nothing here stops machines.`,
  );
};

/** @param attempt how many instances of this incarnation have ended: a new one needs a client token of its own */
const launch = async (key: TenantKey, attempt: number, deps: LaunchInstanceDeps): Promise<Instance> => {
  const { env, instances } = deps;
  const full: CapacityError[] = [];
  for (const { id: subnetId } of await candidates(key, deps)) {
    const token = clientToken(key.slug, key.generation, attempt, subnetId);
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

const candidates = async (key: TenantKey, { env, volumes }: LaunchInstanceDeps): Promise<Subnet[]> => {
  const data = (await volumes.find(key)).find(({ isData }) => isData);
  const possible = env.SUBNETS.filter(({ zone }) => !data || zone === data.zone);
  if (possible.length > 0) return inTurn(possible, key.slug);
  throw new CapacityError(`No configured subnet is in ${data?.zone}, where the data volume ${data?.id} is.`);
};
