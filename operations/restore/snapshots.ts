// The snapshots that a tenant's data can be restored from, of every incarnation of its slug.
import { type EC2Client, type Filter, paginateDescribeSnapshots, type Snapshot } from "@aws-sdk/client-ec2";
import { tagValue, withTags } from "../../core/aws/ec2.ts";
import type { TenantKey } from "../../core/tenant/names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";

export type TenantName = Pick<TenantKey, "stage" | "slug">;

export interface TenantSnapshot {
  id: string;
  /** pending, completed or error, as EC2 says it */
  state: string;
  /** such as `35%` */
  progress: string;
  takenAt: Date;
  sizeGib: number;
  /** the volume that it was taken of, which may be gone */
  volumeId: string;
  /** our tags; undefined on what is not ours */
  stage?: string | undefined;
  slug?: string | undefined;
  generation?: string | undefined;
  /** on what occasion it was taken, in words */
  occasion: string;
}

export interface RestoreSnapshots {
  /** The newest first. */
  list(of: TenantName): Promise<TenantSnapshot[]>;
  /** Of any owner in this account; undefined when there is none, or `id` is no id. */
  find(id: string): Promise<TenantSnapshot | undefined>;
}

/** By the reason that the tag gives. */
const occasions: Record<string, string> = {
  daily: "daily",
  replacement: "before a replacement",
  removal: "at removal",
};

export const restoreSnapshots = (client: EC2Client): RestoreSnapshots => {
  const select = async (Filters: Filter[]): Promise<TenantSnapshot[]> => {
    const found: TenantSnapshot[] = [];
    for await (const page of paginateDescribeSnapshots({ client }, { OwnerIds: ["self"], Filters }))
      found.push(...(page.Snapshots ?? []).map(asTenantSnapshot));
    return found.sort((one, other) => other.takenAt.getTime() - one.takenAt.getTime());
  };
  return {
    list: ({ stage, slug }) => select(withTags({ [tagKeys.stage]: stage, [tagKeys.slug]: slug })),
    find: async (id) => (await select([{ Name: "snapshot-id", Values: [id] }]))[0],
  };
};

const asTenantSnapshot = (snapshot: Snapshot): TenantSnapshot => {
  const tag = (key: string) => tagValue(snapshot.Tags, key);
  return {
    id: snapshot.SnapshotId ?? "",
    state: snapshot.State ?? "pending",
    progress: snapshot.Progress ?? "",
    takenAt: snapshot.StartTime ?? new Date(0),
    sizeGib: snapshot.VolumeSize ?? 0,
    volumeId: snapshot.VolumeId ?? "",
    stage: tag(tagKeys.stage),
    slug: tag(tagKeys.slug),
    generation: tag(tagKeys.generation),
    occasion: occasions[tag(tagKeys.snapshot) ?? ""] ?? "by hand",
  };
};

/** Of another incarnation than this; whoever makes a snapshot by hand need not say of which it is. */
export const isOfAnother = ({ generation }: TenantSnapshot, current: string | undefined): boolean =>
  generation !== undefined && generation !== current;

/** Such as `2026-11-22 03:04 UTC, 20 GiB, daily`. */
export const describeSnapshot = ({ takenAt, sizeGib, occasion }: TenantSnapshot): string =>
  `${takenAt.toISOString().slice(0, 16).replace("T", " ")} UTC, ${sizeGib} GiB, ${occasion}`;
