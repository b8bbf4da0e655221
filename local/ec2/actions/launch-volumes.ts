// The volumes that come with an instance: its root volume, and whatever else the launch's block devices name.
import type { Image } from "@aws-sdk/client-ec2";
import type { BlockStore } from "../world/block-store.ts";
import { newId } from "../world/ids.ts";
import type { Instance, Volume } from "../world/model.ts";
import { tagsFor } from "../world/tag-rules.ts";
import { performanceOf } from "../world/volume-types.ts";
import type { World } from "../world/world.ts";
import type { EbsParameters, LaunchParameters } from "./launch-parameters.ts";

const smallestRootGiB = 8;

/** The image's own block devices, overlaid by those of the launch; there is always a root device. */
const devices = (
  { blockDevices }: LaunchParameters,
  image: Image,
  rootDevice: string,
): Map<string, EbsParameters> => {
  const merged = new Map<string, EbsParameters>([[rootDevice, {}]]);
  for (const { DeviceName = "", Ebs } of image.BlockDeviceMappings ?? []) {
    if (Ebs) merged.set(DeviceName, { VolumeSize: Ebs.VolumeSize, VolumeType: Ebs.VolumeType });
  }
  for (const { DeviceName, Ebs } of blockDevices) {
    const set = Object.entries(Ebs).filter(([, value]) => value !== undefined);
    merged.set(DeviceName, { ...merged.get(DeviceName), ...Object.fromEntries(set) });
  }
  return merged;
};

const newVolume = (instance: Instance, device: string, ebs: EbsParameters): Volume => {
  const volumeType = ebs.VolumeType ?? "gp3";
  const attachedAt = new Date();
  return {
    volumeId: newId("vol"),
    state: "in-use",
    zone: instance.zone,
    sizeGiB: ebs.VolumeSize ?? smallestRootGiB,
    volumeType,
    ...performanceOf(volumeType),
    encrypted: ebs.Encrypted ?? false,
    ...(ebs.KmsKeyId && { kmsKeyId: ebs.KmsKeyId }),
    createdAt: attachedAt,
    attachment: {
      instanceId: instance.instanceId,
      device,
      deleteOnTermination: ebs.DeleteOnTermination ?? true,
      attachedAt,
    },
    tags: new Map(),
  };
};

export const launchVolumes = async (
  { world, blockStore }: { world: World; blockStore: BlockStore },
  instance: Instance,
  launch: LaunchParameters,
  image: Image,
): Promise<void> => {
  for (const [device, ebs] of devices(launch, image, instance.rootDevice)) {
    const volume = { ...newVolume(instance, device, ebs), tags: tagsFor("volume", launch.tagSpecifications) };
    world.volumes.set(volume.volumeId, volume);
    await blockStore.createVolume(volume.volumeId, volume.sizeGiB);
    // The machine's own root is not a directory of its own: only further devices show up below dev/.
    if (device !== instance.rootDevice) await blockStore.attach(volume.volumeId, instance.instanceId, device);
  }
};
