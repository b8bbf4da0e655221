// A tenant's EBS volumes, found by their tags. The data volume is a resource of its own, so that it outlives the
// machine; the root volumes are only looked at, to see them deleted.
import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  type EC2Client,
  type Volume as Ec2Volume,
  paginateDescribeVolumes,
  waitUntilVolumeAvailable,
} from "@aws-sdk/client-ec2";
import { VolumeNotReadyError } from "../errors.ts";
import { dataDevice } from "../machine/machine-contract.ts";
import { dataVolumeTag, type TenantKey } from "../tenant/names.ts";
import { tagKeys } from "../tenant/tags.ts";
import { ec2Client, isOthers, outcomeOf, ownedBy, tagged, tagValue, waiting } from "./ec2.ts";

/**
 * The tenant's data as it is, the data that a restored snapshot took the place of, or a machine's root: by its tag,
 * which a root does not have.
 */
type VolumeRole = "data" | "replaced" | "root";

export interface Volume {
  id: string;
  zone: string;
  state: string;
  role: VolumeRole;
  attachment?: { instanceId: string; state: string } | undefined;
}

export interface NewVolume {
  of: TenantKey;
  zone: string;
  sizeGib: number;
  /** without it, the account's default EBS key */
  keyId?: string | undefined;
  /** at most 64 characters; the same token and parameters never make a second volume */
  clientToken: string;
}

export interface Volumes {
  /** Those of this incarnation that are not deleted or being deleted. */
  find(of: TenantKey): Promise<Volume[]>;
  /**
   * By its id, also where tags of ours are missing. Undefined: its tags name another incarnation, or EC2 does not show
   * it, or as deleted.
   */
  look(id: string, of: TenantKey): Promise<Volume | undefined>;
  /** An encrypted data volume; answers its id. */
  create(volume: NewVolume): Promise<string>;
  /** Throws VolumeNotReadyError when it takes longer. */
  untilAvailable(id: string): Promise<void>;
  /** Throws VolumeNotReadyError when the volume or the machine is not in a state for it. */
  attach(id: string, instanceId: string): Promise<void>;
  /** Answers before it has left; a volume that is not attached there counts as detached. */
  detach(id: string, instanceId: string): Promise<void>;
  /** An unknown volume counts as deleted; VolumeNotReadyError while a machine holds it. */
  delete(id: string): Promise<void>;
}

/** Well below the timeouts of the tasks that wait, one of which waits for a snapshot too. */
const WAIT_SECONDS = 30;

/** The one that holds the tenant's data as it is now. */
export const dataVolumeOf = (found: Volume[]): Volume | undefined =>
  found.find(({ role }) => role === "data");

/** What a restore is still filling is no data yet; left unfinished, it goes with the tenant like what one replaced. */
const roleOf = (tag: string | undefined): VolumeRole => {
  if (tag === undefined) return "root";
  return tag === "data" ? "data" : "replaced";
};

const asVolume = (volume: Ec2Volume): Volume => {
  const [held] = volume.Attachments ?? [];
  return {
    id: volume.VolumeId ?? "",
    zone: volume.AvailabilityZone ?? "",
    state: volume.State ?? "creating",
    role: roleOf(tagValue(volume.Tags, tagKeys.volume)),
    attachment: held && { instanceId: held.InstanceId ?? "", state: held.State ?? "" },
  };
};

const isThere = ({ State }: Ec2Volume): boolean => State !== "deleting" && State !== "deleted";

export const volumes = (client: EC2Client = ec2Client()): Volumes => ({
  find: async (of) => {
    const found: Volume[] = [];
    for await (const page of paginateDescribeVolumes({ client }, { Filters: ownedBy(of) })) {
      found.push(...(page.Volumes ?? []).filter(isThere).map(asVolume));
    }
    return found;
  },

  look: async (id, of) => {
    // As a filter, an unknown id is no error.
    const Filters = [{ Name: "volume-id", Values: [id] }];
    const { Volumes: [shown] = [] } = await client.send(new DescribeVolumesCommand({ Filters }));
    return shown && isThere(shown) && !isOthers(shown.Tags, of) ? asVolume(shown) : undefined;
  },

  create: (volume) => createVolume(client, volume, { [tagKeys.volume]: "data" }),

  untilAvailable: async (id) => {
    const waiter = waitUntilVolumeAvailable(waiting(client, WAIT_SECONDS), { VolumeIds: [id] });
    if ((await outcomeOf(waiter)) === "reached") return;
    throw new VolumeNotReadyError(`Volume ${id} is not available yet.`);
  },

  attach: async (id, instanceId) => {
    const attachment = { VolumeId: id, InstanceId: instanceId, Device: dataDevice };
    await client.send(new AttachVolumeCommand(attachment)).catch(unlessBusy(id));
  },

  detach: async (id, instanceId) => {
    const attachment = { VolumeId: id, InstanceId: instanceId };
    await client.send(new DetachVolumeCommand(attachment)).catch((error) => {
      if (!detached.has(error.name)) throw error;
    });
  },

  delete: async (id) => {
    await client.send(new DeleteVolumeCommand({ VolumeId: id })).catch((error) => {
      if (error.name !== "InvalidVolume.NotFound") unlessBusy(id)(error);
    });
  },
});

/** What a repetition meets whose first answer was lost; who waits for the volume then sees where it is. */
const detached = new Set(["IncorrectState", "InvalidAttachment.NotFound"]);

/** @param tags what it is for, besides whose it is @returns its id */
export const createVolume = async (
  client: EC2Client,
  { of, zone, sizeGib, keyId, clientToken, snapshotId }: NewVolume & { snapshotId?: string },
  tags: Record<string, string>,
): Promise<string> => {
  const { VolumeId = "" } = await client.send(
    new CreateVolumeCommand({
      SnapshotId: snapshotId,
      AvailabilityZone: zone,
      Size: sizeGib,
      VolumeType: "gp3",
      Encrypted: true,
      KmsKeyId: keyId,
      ClientToken: clientToken,
      TagSpecifications: [tagged("volume", of, { ...tags, ...dataVolumeTag(of.stage) })],
    }),
  );
  return VolumeId;
};

/** Also what a repetition meets whose first answer was lost: the next try looks at the volume first. */
const unlessBusy = (id: string) => (error: Error) => {
  if (error.name !== "VolumeInUse" && error.name !== "IncorrectState") throw error;
  throw new VolumeNotReadyError(`Volume ${id} is busy (${error.name}).`, { cause: error });
};
