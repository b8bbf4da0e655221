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
  say: (line: string) => void;
}

export async function listSnapshots({ stage, slug }: TenantName, deps: ListDeps): Promise<void> {
  const { tenants, volumes, snapshots, say } = deps;
  const [row, found] = await Promise.all([tenants.get(slug), snapshots.list({ stage, slug })]);
  const disks = row ? await volumes.find({ stage, slug, generation: row.generation }) : [];
  if (!row) say(`There is no tenant ${slug} on ${stage} now.`);
  say(
    found.length > 0
      ? `Snapshots of ${slug} on ${stage}, newest first:`
      : `There are no snapshots of ${slug} on ${stage}.`,
  );
  for (const snapshot of found) say(lineOf(snapshot, row?.generation, disks));
  for (const { id } of disks.filter(({ role }) => role === "replaced"))
    say(`Put aside by a restore, and kept: ${id}`);
  if (row && found.length > 0) say(`To restore one: npm run restore -- ${stage} ${slug} <snapshot id>`);
}

function lineOf(snapshot: TenantSnapshot, generation: string | undefined, disks: DataVolume[]): string {
  const { id, state, progress, volumeId } = snapshot;
  const standing = state === "completed" ? [] : [`${state} ${progress}`.trimEnd()];
  const of = `of ${volumeId} (${whatIs(snapshot, generation, disks)})`;
  return `  ${[id, describeSnapshot(snapshot), ...standing, of].join(", ")}`;
}

function whatIs(snapshot: TenantSnapshot, generation: string | undefined, disks: DataVolume[]): string {
  if (isOfAnother(snapshot, generation)) return "an earlier incarnation's";
  switch (disks.find(({ id }) => id === snapshot.volumeId)?.role) {
    case "data":
      return "in use";
    case "replaced":
      return "put aside";
    default:
      return "gone";
  }
}
