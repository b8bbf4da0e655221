// The data volumes of a tenant as a restore sees and makes them. A volume that a restore is filling is not yet the
// tenant's data, so that no repair takes it before it is whole.
import {
  CreateTagsCommand,
  type EC2Client,
  type Volume as Ec2Volume,
  paginateDescribeVolumes,
} from "@aws-sdk/client-ec2";
import { ownedBy, tagValue } from "../../core/aws/ec2.ts";
import { createVolume, type NewVolume } from "../../core/aws/volumes.ts";
import type { TenantKey } from "../../core/tenant/names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";

/** A tag without a value looks like a mistake. */
const NOTHING = "nothing";

export interface DataVolume {
  id: string;
  zone: string;
  state: string;
  /** `data`, `restoring` or `replaced`, by its tag */
  role: string;
  sizeGib: number;
  /** ARN */
  keyId?: string | undefined;
  /** the instance that it is attached to */
  heldBy?: string | undefined;
  /** a snapshot's id */
  restoredFrom?: string | undefined;
  /** the volume that held the data before it */
  replaces?: string | undefined;
}

/** Without a key it has the snapshot's. */
interface NewRestoredVolume extends NewVolume {
  snapshotId: string;
  replaces?: string | undefined;
}

export interface RestoreVolumes {
  /** Every volume for data of this incarnation that is not deleted or being deleted. */
  find(of: TenantKey): Promise<DataVolume[]>;
  /** Filled from the snapshot, with the role `restoring`; answers its id. */
  create(volume: NewRestoredVolume): Promise<string>;
  setRole(id: string, role: "data" | "replaced"): Promise<void>;
}

export const restoreVolumes = (client: EC2Client): RestoreVolumes => ({
  find: async (of) => {
    const found: DataVolume[] = [];
    const Filters = [...ownedBy(of), { Name: "tag-key", Values: [tagKeys.volume] }];
    for await (const { Volumes = [] } of paginateDescribeVolumes({ client }, { Filters }))
      found.push(...Volumes.map(asDataVolume));
    return found.filter(({ state }) => state !== "deleting" && state !== "deleted");
  },

  create: async ({ snapshotId, replaces, ...volume }) => {
    const tags = {
      [tagKeys.volume]: "restoring",
      [tagKeys.restoredFrom]: snapshotId,
      [tagKeys.replaces]: replaces ?? NOTHING,
    };
    return createVolume(client, { ...volume, snapshotId }, tags);
  },

  setRole: async (id, role) => {
    await client.send(
      new CreateTagsCommand({ Resources: [id], Tags: [{ Key: tagKeys.volume, Value: role }] }),
    );
  },
});

const asDataVolume = (volume: Ec2Volume): DataVolume => {
  const replaces = tagValue(volume.Tags, tagKeys.replaces);
  return {
    id: volume.VolumeId ?? "",
    zone: volume.AvailabilityZone ?? "",
    state: volume.State ?? "creating",
    role: tagValue(volume.Tags, tagKeys.volume) ?? "",
    sizeGib: volume.Size ?? 0,
    keyId: volume.KmsKeyId,
    heldBy: volume.Attachments?.[0]?.InstanceId,
    restoredFrom: tagValue(volume.Tags, tagKeys.restoredFrom),
    replaces: replaces === NOTHING ? undefined : replaces,
  };
};
