// Judges a wish to restore a tenant's data, and finds out how far an earlier run for the same wish has come. It reads
// only: what is refused here has changed nothing.
import { type Instance, type Instances, isEnded } from "../../core/aws/instances.ts";
import { OperatorError } from "../../core/operator-error.ts";
import type { TenantKey } from "../../core/tenant/names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import type { RestoreSnapshots, TenantName, TenantSnapshot } from "./snapshots.ts";
import type { DataVolume, RestoreVolumes } from "./volumes.ts";

export interface RestoreWish extends TenantName {
  snapshotId: string;
  /** also when the data was restored from this very snapshot before, and is in use since */
  again?: boolean | undefined;
}

export interface RestorePlan {
  key: TenantKey;
  row: Tenant;
  snapshot: TenantSnapshot;
  /** the tenant's data as it is; undefined when it is lost, or when an earlier run ended in the middle */
  data: DataVolume | undefined;
  /** the same, if it is the restored one already, and only the machine may still have to be replaced */
  inPlace: DataVolume | undefined;
  /** what an earlier run made of the snapshot, and did not put in place */
  unfinished: DataVolume | undefined;
  /** made by runs for other snapshots that never ended */
  leftovers: DataVolume[];
  /** where a machine can be launched, as far as is known */
  zone: string | undefined;
}

export interface PlanDeps {
  tenants: Pick<TenantStore, "get">;
  instances: Pick<Instances, "find">;
  volumes: Pick<RestoreVolumes, "find">;
  snapshots: Pick<RestoreSnapshots, "find">;
}

/** Says what was found and what to do. */
export class RestoreError extends OperatorError {
  override name = "RestoreError";
}

export const refuse = (found: string, advice: string): never => {
  throw new RestoreError(`Not restored: ${found}. ${advice}`);
};

/** @throws RestoreError */
export const planRestore = async (wish: RestoreWish, deps: PlanDeps): Promise<RestorePlan> => {
  const { stage, slug, snapshotId } = wish;
  const snapshot = checkSnapshot(wish, await deps.snapshots.find(snapshotId));
  const row =
    (await deps.tenants.get(slug)) ??
    refuse(
      `there is no tenant ${slug} on ${stage}`,
      "Create it, wait until it is ready, and run this again.",
    );
  const key = { stage, slug, generation: row.generation };
  const [volumes, machines] = await Promise.all([deps.volumes.find(key), deps.instances.find(key)]);
  const data = onlyData(volumes);
  const inPlace = isRestored(wish, data) ? data : undefined;
  checkStatus(row, inPlace);
  const restoring = volumes.filter(({ role }) => role === "restoring");
  const unfinished = restoring.find(
    ({ restoredFrom, replaces }) => restoredFrom === snapshotId && (!data || replaces === data.id),
  );
  const leftovers = restoring.filter((volume) => volume !== unfinished);
  return { key, row, snapshot, data, inPlace, unfinished, leftovers, zone: zoneFor(row, data, machines) };
};

const checkSnapshot = (
  { stage, slug, snapshotId }: RestoreWish,
  snapshot: TenantSnapshot | undefined,
): TenantSnapshot => {
  const list = `To see this tenant's: npm run restore -- ${stage} ${slug}`;
  if (!snapshot) return refuse(`there is no snapshot ${snapshotId} in this account and region`, list);
  if (snapshot.stage !== stage || snapshot.slug !== slug)
    return refuse(`${snapshotId} is of ${ownerOf(snapshot)}, not of ${slug} on ${stage}`, list);
  if (snapshot.state === "completed") return snapshot;
  const advice = snapshot.state === "pending" ? "Wait until it is completed." : "Choose another one.";
  return refuse(`${snapshotId} is ${snapshot.state} (${snapshot.progress || "no progress told"})`, advice);
};

const ownerOf = ({ stage, slug }: TenantSnapshot): string =>
  stage && slug ? `${slug} on ${stage}` : "nobody that its tags name";

const onlyData = (volumes: DataVolume[]): DataVolume | undefined => {
  const all = volumes.filter(({ role }) => role === "data");
  if (all.length <= 1) return all[0];
  return refuse(
    `${all.map(({ id }) => id).join(", ")} are all tagged ${tagKeys.volume}=data, and only one may be`,
    `Find out which one is the tenant's, and tag the others ${tagKeys.volume}=replaced.`,
  );
};

/** One that is in use is an earlier restore that has ended: `again` asks for another. */
const isRestored = ({ snapshotId, again }: RestoreWish, data: DataVolume | undefined): boolean =>
  data?.restoredFrom === snapshotId && !(again && data.heldBy);

/** A repair may be moving the data: it must end before that changes. Afterwards it may be the one that this ordered. */
const checkStatus = ({ slug, status }: Tenant, inPlace: DataVolume | undefined): void => {
  const allowed = inPlace ? ["ready", "degraded", "repairing"] : ["ready", "degraded"];
  if (allowed.includes(status)) return;
  const advice =
    status === "failed" || status === "deleting"
      ? "Remove it, create it again, and then run this again."
      : "Wait until that has ended, and run this again.";
  refuse(`${slug} is ${status}, and must be ready or degraded`, advice);
};

const zoneFor = (row: Tenant, data: DataVolume | undefined, machines: Instance[]): string | undefined =>
  data?.zone ?? machines.find((machine) => !isEnded(machine))?.zone ?? row.resources.availabilityZone;
