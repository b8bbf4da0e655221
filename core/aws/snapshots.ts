// Snapshots of a tenant's data: the last one, for stages that keep it when the volume goes, one before each replacement of
// the machine, and the daily ones. The tags say which is which, for none of them may stand in for another.
import {
  CreateSnapshotCommand,
  DeleteSnapshotCommand,
  DescribeSnapshotsCommand,
  type EC2Client,
  type Snapshot as Ec2Snapshot,
  type Filter,
  paginateDescribeSnapshots,
  waitUntilSnapshotCompleted,
} from "@aws-sdk/client-ec2";
import type * as z from "zod";
import { VolumeNotReadyError } from "../errors.ts";
import type { variables } from "../handler/environment.ts";
import type { TenantKey } from "../tenant/names.ts";
import { tagKeys } from "../tenant/tags.ts";
import { ec2Client, outcomeOf, ownedBy, tagged, tagValue, waiting, withTags } from "./ec2.ts";

/** Before the volume goes for good, or before the replacement that is part of this attempt at a repair. */
export type SnapshotReason = "removal" | { attempt: number };

interface Snapshot {
  id: string;
  /** made at the tenant's removal */
  isLast: boolean;
}

/** Whether it stays when its tenant is removed: with all the data, or as the last copy of it. */
export const outlivesTenant = (
  { isLast }: Snapshot,
  retention: z.output<typeof variables>["VOLUME_RETENTION"],
): boolean => retention === "retain" || (retention === "snapshot" && isLast);

export interface Snapshots {
  /** All of this incarnation, whoever made them. */
  find(of: TenantKey): Promise<Snapshot[]>;
  /** The id of this incarnation's snapshot of the volume for this reason, made now unless one exists. */
  ensure(of: TenantKey, volumeId: string, reason: SnapshotReason): Promise<string>;
  /** Throws VolumeNotReadyError when it takes longer. */
  untilCompleted(id: string): Promise<void>;
  /** An unknown snapshot counts as deleted. */
  delete(id: string): Promise<void>;
}

/** Well below the timeout of the task that waits, after it has waited for the volume. */
const WAIT_SECONDS = 30;

const tagsFor = (reason: SnapshotReason): Record<string, string> =>
  reason === "removal"
    ? { [tagKeys.snapshot]: "removal" }
    : { [tagKeys.snapshot]: "replacement", [tagKeys.attempt]: String(reason.attempt) };

async function* matching(client: EC2Client, Filters: Filter[]): AsyncGenerator<Ec2Snapshot> {
  for await (const { Snapshots = [] } of paginateDescribeSnapshots(
    { client },
    { OwnerIds: ["self"], Filters },
  ))
    yield* Snapshots;
}

export const snapshots = (client: EC2Client = ec2Client()): Snapshots => ({
  find: async (of) => {
    const found: Snapshot[] = [];
    for await (const { SnapshotId = "", Tags } of matching(client, ownedBy(of)))
      found.push({ id: SnapshotId, isLast: tagValue(Tags, tagKeys.snapshot) === "removal" });
    return found;
  },

  ensure: async (of, volumeId, reason) => {
    // CreateSnapshot knows no client token, so what an earlier try made is found by its tags.
    const tags = tagsFor(reason);
    const filters = [...ownedBy(of), ...withTags(tags), { Name: "volume-id", Values: [volumeId] }];
    for await (const { SnapshotId: id, State } of matching(client, filters)) {
      if (id && State !== "error") return id;
    }
    const { SnapshotId = "" } = await client.send(
      new CreateSnapshotCommand({ VolumeId: volumeId, TagSpecifications: [tagged("snapshot", of, tags)] }),
    );
    return SnapshotId;
  },

  untilCompleted: async (id) => {
    const waiter = waitUntilSnapshotCompleted(waiting(client, WAIT_SECONDS), { SnapshotIds: [id] });
    if ((await outcomeOf(waiter)) === "reached") return;
    const { Snapshots: [snapshot] = [] } = await client.send(
      new DescribeSnapshotsCommand({ SnapshotIds: [id] }),
    );
    throw new VolumeNotReadyError(
      `Snapshot ${id} is at ${snapshot?.Progress || "0%"}; the volume stays until it is completed.`,
    );
  },

  delete: async (id) => {
    await client.send(new DeleteSnapshotCommand({ SnapshotId: id })).catch((error) => {
      if (error.name !== "InvalidSnapshot.NotFound") throw error;
    });
  },
});
