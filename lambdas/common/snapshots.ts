// The last snapshot of a tenant's data, for stages that keep it when the volume goes.
import {
  CreateSnapshotCommand,
  type EC2Client,
  paginateDescribeSnapshots,
  waitUntilSnapshotCompleted,
} from "@aws-sdk/client-ec2";
import { ec2Client, outcomeOf, ownedBy, tagged, waiting } from "./ec2.ts";
import { VolumeNotReadyError } from "./errors.ts";
import type { TenantKey } from "./names.ts";

export interface Snapshots {
  /** The id of this incarnation's snapshot of the volume, made now unless one exists. */
  ensure(of: TenantKey, volumeId: string): Promise<string>;
  /** Throws VolumeNotReadyError when it takes longer. */
  untilCompleted(id: string): Promise<void>;
}

/** Well below the timeout of the task that waits, after it has waited for the volume. */
const WAIT_SECONDS = 30;

export const snapshots = (client: EC2Client = ec2Client()): Snapshots => ({
  ensure: async (of, volumeId) => {
    // CreateSnapshot knows no client token, so an earlier attempt's snapshot is found by its tags.
    const Filters = [...ownedBy(of), { Name: "volume-id", Values: [volumeId] }];
    for await (const { Snapshots = [] } of paginateDescribeSnapshots(
      { client },
      { OwnerIds: ["self"], Filters },
    )) {
      const usable = Snapshots.find(({ State }) => State !== "error")?.SnapshotId;
      if (usable) return usable;
    }
    const { SnapshotId = "" } = await client.send(
      new CreateSnapshotCommand({ VolumeId: volumeId, TagSpecifications: [tagged("snapshot", of)] }),
    );
    return SnapshotId;
  },

  untilCompleted: async (id) => {
    const waiter = waitUntilSnapshotCompleted(waiting(client, WAIT_SECONDS), { SnapshotIds: [id] });
    if ((await outcomeOf(waiter)) === "reached") return;
    throw new VolumeNotReadyError(`Snapshot ${id} is not completed yet; the volume stays until it is.`);
  },
});
