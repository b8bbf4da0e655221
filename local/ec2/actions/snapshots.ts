// CreateSnapshot, DescribeSnapshots and DeleteSnapshot: a retained data volume's last copy.
import * as z from "zod";
import type { Delays } from "../faults/delays.ts";
import { type Actions, action, done } from "../protocol/action.ts";
import { page, pageParameters } from "../protocol/pages.ts";
import { items } from "../protocol/xml.ts";
import { snapshotXml } from "../rendering/volume-xml.ts";
import type { BlockStore } from "../world/block-store.ts";
import { newId } from "../world/ids.ts";
import type { Snapshot } from "../world/model.ts";
import { tagSpecificationsParameter, tagsFor } from "../world/tag-rules.ts";
import { findSnapshot, findVolume, type World } from "../world/world.ts";
import { applyFilters, type Fields, filtersParameter } from "./filters.ts";

interface SnapshotsDeps {
  world: World;
  blockStore: BlockStore;
  accountId: () => Promise<string>;
  delays: Delays;
}

const createSnapshotParameters = z.strictObject({
  VolumeId: z.string(),
  Description: z.string().default(""),
  TagSpecification: tagSpecificationsParameter,
});

const fields: Fields<Snapshot> = {
  "snapshot-id": ({ snapshotId }) => [snapshotId],
  "volume-id": ({ volumeId }) => [volumeId],
  status: ({ state }) => [state],
  description: ({ description }) => [description],
};

export const snapshotActions = ({ world, blockStore, accountId, delays }: SnapshotsDeps): Actions => {
  function create({
    VolumeId,
    Description,
    TagSpecification,
  }: z.output<typeof createSnapshotParameters>): Snapshot {
    const { sizeGiB, encrypted, kmsKeyId } = findVolume(world, VolumeId);
    const snapshot: Snapshot = {
      snapshotId: newId("snap"),
      volumeId: VolumeId,
      state: "pending",
      sizeGiB,
      encrypted,
      ...(kmsKeyId && { kmsKeyId }),
      description: Description,
      startedAt: new Date(),
      tags: tagsFor("snapshot", TagSpecification),
    };
    world.snapshots.set(snapshot.snapshotId, snapshot);
    return snapshot;
  }

  return {
    CreateSnapshot: action(createSnapshotParameters, async (request) => {
      const snapshot = create(request);
      const answer = snapshotXml(snapshot, await accountId());
      // Copied before the answer: a snapshot holds what was written before it was asked for, whatever comes after.
      await blockStore.createSnapshot(snapshot.snapshotId, snapshot.volumeId);
      void delays.wait("snapshot", snapshot.volumeId).then(() => {
        snapshot.state = "completed";
      });
      return answer;
    }),

    DescribeSnapshots: action(
      z.strictObject({
        SnapshotId: z.array(z.string()).optional(),
        Owner: z.array(z.string()).optional(),
        Filter: filtersParameter,
        ...pageParameters,
      }),
      async ({ SnapshotId, Owner = ["self"], Filter, ...request }) => {
        const account = await accountId();
        const owned = Owner.some((owner) => owner === "self" || owner === account);
        const selected = SnapshotId?.map((id) => findSnapshot(world, id)) ?? [...world.snapshots.values()];
        const found = applyFilters(Filter, fields, owned ? selected : []);
        const { members, nextToken } = page(found, ({ snapshotId }) => snapshotId, request);
        return { snapshotSet: items(members.map((one) => snapshotXml(one, account))), nextToken };
      },
    ),

    DeleteSnapshot: action(z.strictObject({ SnapshotId: z.string() }), async ({ SnapshotId }) => {
      const { snapshotId } = findSnapshot(world, SnapshotId);
      await blockStore.deleteSnapshot(snapshotId);
      world.snapshots.delete(snapshotId);
      return done;
    }),
  };
};
