// CreateVolume, DescribeVolumes and DeleteVolume.
import * as z from "zod";
import { type Actions, action, done } from "../protocol/action.ts";
import { Ec2Error } from "../protocol/errors.ts";
import { page, pageParameters } from "../protocol/pages.ts";
import { formBoolean, formInteger } from "../protocol/query.ts";
import { items } from "../protocol/xml.ts";
import { volumeXml } from "../rendering/volume-xml.ts";
import type { BlockStore } from "../world/block-store.ts";
import { newId } from "../world/ids.ts";
import type { Volume } from "../world/model.ts";
import { tagSpecificationsParameter, tagsFor } from "../world/tag-rules.ts";
import { checkSize, performanceOf } from "../world/volume-types.ts";
import { findSnapshot, findVolume, type World } from "../world/world.ts";
import { ClientTokens } from "./client-tokens.ts";
import { applyFilters, type Fields, filtersParameter } from "./filters.ts";

interface VolumesDeps {
  world: World;
  blockStore: BlockStore;
  region: string;
  accountId: () => Promise<string>;
  /** names of the region's zones */
  zones: () => Promise<string[]>;
}

const createVolumeParameters = z.strictObject({
  AvailabilityZone: z.string(),
  Size: formInteger.optional(),
  SnapshotId: z.string().optional(),
  VolumeType: z.string().default("gp2"),
  Iops: formInteger.optional(),
  Throughput: formInteger.optional(),
  Encrypted: formBoolean.optional(),
  KmsKeyId: z.string().optional(),
  TagSpecification: tagSpecificationsParameter,
  ClientToken: z.string().max(64).optional(),
});
type CreateVolume = z.output<typeof createVolumeParameters>;

const fields: Fields<Volume> = {
  "volume-id": ({ volumeId }) => [volumeId],
  status: ({ state }) => [state],
  "availability-zone": ({ zone }) => [zone],
  "volume-type": ({ volumeType }) => [volumeType],
  encrypted: ({ encrypted }) => [String(encrypted)],
  size: ({ sizeGiB }) => [String(sizeGiB)],
  "snapshot-id": ({ snapshotId }) => [snapshotId],
  "attachment.instance-id": ({ attachment }) => [attachment?.instanceId],
  "attachment.device": ({ attachment }) => [attachment?.device],
  "attachment.status": ({ attachment }) => [attachment && "attached"],
};

const sizeOf = (world: World, { Size, SnapshotId, VolumeType }: CreateVolume): number => {
  const size = Size ?? (SnapshotId === undefined ? undefined : findSnapshot(world, SnapshotId).sizeGiB);
  if (size === undefined) {
    throw new Ec2Error("MissingParameter", "The request must contain the parameter size/snapshot");
  }
  checkSize(VolumeType, size);
  return size;
};

const checkEncryption = ({ Encrypted, KmsKeyId }: CreateVolume): void => {
  if (!KmsKeyId || Encrypted) return;
  throw new Ec2Error(
    "InvalidParameterDependency",
    "The parameter KmsKeyId requires the parameter Encrypted to be set.",
  );
};

export const volumeActions = ({ world, blockStore, accountId, region, zones }: VolumesDeps): Actions => {
  const tokens = new ClientTokens<Volume>();

  /** EC2 answers a key's ARN, however it was named. */
  async function keyArn(key: string): Promise<string> {
    return key.startsWith("arn:") ? key : `arn:aws:kms:${region}:${await accountId()}:key/${key}`;
  }

  async function create(request: CreateVolume): Promise<Volume> {
    const { AvailabilityZone, VolumeType, KmsKeyId, SnapshotId, Iops, Throughput } = request;
    if (!(await zones()).includes(AvailabilityZone)) {
      throw new Ec2Error("InvalidZone.NotFound", `The zone '${AvailabilityZone}' does not exist.`);
    }
    checkEncryption(request);
    const volume: Volume = {
      volumeId: newId("vol"),
      state: "creating",
      zone: AvailabilityZone,
      sizeGiB: sizeOf(world, request),
      volumeType: VolumeType,
      ...performanceOf(VolumeType),
      ...(Iops !== undefined && { iops: Iops }),
      ...(Throughput !== undefined && { throughput: Throughput }),
      encrypted: request.Encrypted ?? false,
      ...(KmsKeyId && { kmsKeyId: await keyArn(KmsKeyId) }),
      ...(SnapshotId && { snapshotId: SnapshotId }),
      createdAt: new Date(),
      tags: tagsFor("volume", request.TagSpecification),
    };
    world.volumes.set(volume.volumeId, volume);
    void blockStore.createVolume(volume.volumeId, volume.sizeGiB, SnapshotId).then(() => {
      volume.state = "available";
    });
    return volume;
  }

  return {
    CreateVolume: action(createVolumeParameters, async (request, parameters) =>
      volumeXml(await tokens.once(parameters, () => create(request))),
    ),

    DescribeVolumes: action(
      z.strictObject({
        VolumeId: z.array(z.string()).optional(),
        Filter: filtersParameter,
        ...pageParameters,
      }),
      ({ VolumeId, Filter, ...request }) => {
        const selected = VolumeId?.map((id) => findVolume(world, id)) ?? [...world.volumes.values()];
        const { members, nextToken } = page(
          applyFilters(Filter, fields, selected),
          ({ volumeId }) => volumeId,
          request,
        );
        return { volumeSet: items(members.map(volumeXml)), nextToken };
      },
    ),

    DeleteVolume: action(z.strictObject({ VolumeId: z.string() }), async ({ VolumeId }) => {
      const { attachment, volumeId } = findVolume(world, VolumeId);
      if (attachment) {
        throw new Ec2Error(
          "VolumeInUse",
          `Volume ${volumeId} is currently attached to ${attachment.instanceId}`,
        );
      }
      await blockStore.deleteVolume(volumeId);
      world.volumes.delete(volumeId);
      return done;
    }),
  };
};
