// ModifyVolume and DescribeVolumesModifications: a volume grows at once; its filesystem, at the next boot.
import * as z from "zod";
import { type Actions, action } from "../protocol/action.ts";
import { Ec2Error, invalidParameter } from "../protocol/errors.ts";
import { formInteger } from "../protocol/query.ts";
import { type Answer, items } from "../protocol/xml.ts";
import type { BlockStore } from "../world/block-store.ts";
import { checkSize } from "../world/volume-types.ts";
import { findVolume, type World } from "../world/world.ts";

interface ModificationsDeps {
  world: World;
  blockStore: BlockStore;
}

interface Modification {
  volumeId: string;
  originalSize: number;
  targetSize: number;
  startTime: Date;
}

/** Source: EBS User Guide, "Requirements for Elastic Volumes". */
const AT_MOST_EVERY = 6 * 60 * 60 * 1_000;

export const volumeModificationActions = ({ world, blockStore }: ModificationsDeps): Actions => {
  const modifications = new Map<string, Modification>();

  return {
    ModifyVolume: action(
      z.strictObject({ VolumeId: z.string(), Size: formInteger }),
      async ({ VolumeId, Size }) => {
        const volume = findVolume(world, VolumeId);
        checkModification(modifications.get(VolumeId), volume.sizeGiB, Size);
        checkSize(volume.volumeType, Size);
        const made = {
          volumeId: VolumeId,
          originalSize: volume.sizeGiB,
          targetSize: Size,
          startTime: new Date(),
        };
        await blockStore.resizeVolume(VolumeId, Size);
        volume.sizeGiB = Size;
        modifications.set(VolumeId, made);
        return { volumeModification: modificationXml(made) };
      },
    ),

    DescribeVolumesModifications: action(
      z.strictObject({ VolumeId: z.array(z.string()).optional() }),
      ({ VolumeId }) => {
        const found = VolumeId?.map((id) => modificationOf(modifications, findVolume(world, id).volumeId));
        return { volumeModificationSet: items((found ?? [...modifications.values()]).map(modificationXml)) };
      },
    ),
  };
};

const checkModification = (last: Modification | undefined, from: number, to: number): void => {
  if (to < from) throw invalidParameter(`New size cannot be smaller than existing size (${from} GiB)`);
  if (last && Date.now() - last.startTime.getTime() < AT_MOST_EVERY)
    throw new Ec2Error(
      "VolumeModificationRateExceeded",
      "You've reached the maximum modification rate per volume limit. Wait at least 6 hours between modifications per EBS volume.",
    );
};

const modificationOf = (modifications: Map<string, Modification>, id: string): Modification => {
  const found = modifications.get(id);
  if (found) return found;
  throw new Ec2Error("InvalidVolumeModification.NotFound", `Modification for volume '${id}' does not exist.`);
};

const modificationXml = ({ volumeId, originalSize, targetSize, startTime }: Modification): Answer => ({
  volumeId,
  modificationState: "completed",
  originalSize,
  targetSize,
  progress: 100,
  startTime,
});
