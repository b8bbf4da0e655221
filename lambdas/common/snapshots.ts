// Snapshots of a tenant's data: the last one, for stages that keep it when the volume goes, and one before each
// replacement of the machine. The tags say which is which, for neither they nor the daily ones may stand in for another.
import {
  CreateSnapshotCommand,
  type EC2Client,
  paginateDescribeSnapshots,
  waitUntilSnapshotCompleted,
} from "@aws-sdk/client-ec2";
import { ec2Client, outcomeOf, ownedBy, tagged, waiting, withTags } from "./ec2.ts";
import { VolumeNotReadyError } from "./errors.ts";
import type { TenantKey } from "./names.ts";

/** Before the volume goes for good, or before the replacement that is part of this attempt at a repair. */
export type SnapshotReason = "removal" | { attempt: number };

export interface Snapshots {
  /** The id of this incarnation's snapshot of the volume for this reason, made now unless one exists. */
  ensure(of: TenantKey, volumeId: string, reason: SnapshotReason): Promise<string>;
  /** Throws VolumeNotReadyError when it takes longer. */
  untilCompleted(id: string): Promise<void>;
}

/** Well below the timeout of the task that waits, after it has waited for the volume. */
const WAIT_SECONDS = 30;

const tagsFor = (reason: SnapshotReason): Record<string, string> =>
  reason === "removal"
    ? { "warren:snapshot": "removal" }
    : { "warren:snapshot": "replacement", "warren:attempt": String(reason.attempt) };

export const snapshots = (client: EC2Client = ec2Client()): Snapshots => ({
  ensure: async (of, volumeId, reason) => {
    // CreateSnapshot knows no client token, so what an earlier try made is found by its tags.
    const tags = tagsFor(reason);
    const Filters = [...ownedBy(of), ...withTags(tags), { Name: "volume-id", Values: [volumeId] }];
    for await (const { Snapshots = [] } of paginateDescribeSnapshots(
      { client },
      { OwnerIds: ["self"], Filters },
    )) {
      const usable = Snapshots.find(({ State }) => State !== "error")?.SnapshotId;
      if (usable) return usable;
    }
    const { SnapshotId = "" } = await client.send(
      new CreateSnapshotCommand({ VolumeId: volumeId, TagSpecifications: [tagged("snapshot", of, tags)] }),
    );
    return SnapshotId;
  },

  untilCompleted: async (id) => {
    const waiter = waitUntilSnapshotCompleted(waiting(client, WAIT_SECONDS), { SnapshotIds: [id] });
    if ((await outcomeOf(waiter)) === "reached") return;
    throw new VolumeNotReadyError(`Snapshot ${id} is not completed yet; the volume stays until it is.`);
  },
});
