// Shows an operator what a tenant's data can be restored from, and what earlier restores have put aside.
import type { PlanDeps } from "./plan.ts";
import {
  describeSnapshot,
  isOfAnother,
  type RestoreSnapshots,
  type TenantName,
  type TenantSnapshot,
} from "./snapshots.ts";
import type { DataVolume } from "./volumes.ts";

export interface ListDeps extends Pick<PlanDeps, "tenants" | "volumes"> {
  snapshots: Pick<RestoreSnapshots, "list">;
}

export interface SnapshotList extends TenantName {
  /** Of the tenant that there is now; undefined when there is none. */
  generation?: string | undefined;
  /** The newest first. */
  snapshots: (TenantSnapshot & { volumeIs: string })[];
  /** Volumes that a restore took out of use, and kept. */
  putAside: string[];
}

export const listSnapshots = async ({ stage, slug }: TenantName, deps: ListDeps): Promise<SnapshotList> => {
  const { tenants, volumes, snapshots } = deps;
  const [row, found] = await Promise.all([tenants.get(slug), snapshots.list({ stage, slug })]);
  const generation = row?.generation;
  const disks = generation ? await volumes.find({ stage, slug, generation }) : [];
  return {
    stage,
    slug,
    generation,
    snapshots: found.map((snapshot) => ({ ...snapshot, volumeIs: whatIs(snapshot, generation, disks) })),
    putAside: disks.filter(({ role }) => role === "replaced").map(({ id }) => id),
  };
};

export const linesOf = ({ stage, slug, generation, snapshots, putAside }: SnapshotList): string[] => {
  const any = snapshots.length > 0;
  return [
    ...(generation ? [] : [`There is no tenant ${slug} on ${stage} now.`]),
    any
      ? `Snapshots of ${slug} on ${stage}, newest first:`
      : `There are no snapshots of ${slug} on ${stage}.`,
    ...snapshots.map(lineOf),
    ...putAside.map((id) => `Put aside by a restore, and kept: ${id}`),
    ...(generation && any ? [`To restore one: npm run restore -- ${stage} ${slug} <snapshot id>`] : []),
  ];
};

const lineOf = (snapshot: SnapshotList["snapshots"][number]): string => {
  const { id, state, progress, volumeId, volumeIs } = snapshot;
  const standing = state === "completed" ? [] : [`${state} ${progress}`.trimEnd()];
  return `  ${[id, describeSnapshot(snapshot), ...standing, `of ${volumeId} (${volumeIs})`].join(", ")}`;
};

const whatIs = (snapshot: TenantSnapshot, generation: string | undefined, disks: DataVolume[]): string => {
  if (isOfAnother(snapshot, generation)) return "an earlier incarnation's";
  switch (disks.find(({ id }) => id === snapshot.volumeId)?.role) {
    case "data":
      return "in use";
    case "replaced":
      return "put aside";
    default:
      return "gone";
  }
};
