// AttachVolume and DetachVolume: a volume and a machine must be in the same zone and in states that allow it.
import * as z from "zod";
import { type Actions, action } from "../protocol/action.ts";
import { Ec2Error, invalidParameter } from "../protocol/errors.ts";
import { formBoolean } from "../protocol/query.ts";
import { attachmentXml } from "../rendering/volume-xml.ts";
import type { BlockStore } from "../world/block-store.ts";
import type { Instance, Volume } from "../world/model.ts";
import { findInstance, findVolume, volumesOf, type World } from "../world/world.ts";

const checkVolume = ({ volumeId, state, attachment }: Volume): void => {
  if (attachment) throw new Ec2Error("VolumeInUse", `${volumeId} is already attached to an instance`);
  if (state !== "available") throw new Ec2Error("IncorrectState", `${volumeId} is not 'available'.`);
};

const checkInstance = ({ instanceId, state }: Instance): void => {
  if (state === "running" || state === "stopped" || state === "stopping") return;
  throw new Ec2Error("IncorrectState", `Instance '${instanceId}' is not 'running'.`);
};

const checkZones = (volume: Volume, instance: Instance): void => {
  if (volume.zone === instance.zone) return;
  throw new Ec2Error(
    "InvalidVolume.ZoneMismatch",
    `The volume '${volume.volumeId}' is not in the same availability zone as instance '${instance.instanceId}'`,
  );
};

const checkDevice = (world: World, { instanceId }: Instance, device: string): void => {
  if (!/^\/dev\/(sd[a-z]|xvd[a-z]{1,2})\d{0,2}$/.test(device)) {
    throw invalidParameter(
      `Value (${device}) for parameter device is invalid. ${device} is not a valid EBS device name.`,
    );
  }
  if (volumesOf(world, instanceId).some(({ attachment }) => attachment?.device === device)) {
    throw invalidParameter(
      `Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`,
    );
  }
};

interface DetachRequest {
  InstanceId?: string | undefined;
  Device?: string | undefined;
}

const checkAttachment = (
  world: World,
  { volumeId, state, attachment }: Volume,
  request: DetachRequest,
): void => {
  if (!attachment) throw new Ec2Error("IncorrectState", `Volume '${volumeId}' is in the '${state}' state.`);
  const { InstanceId = attachment.instanceId, Device = attachment.device } = request;
  if (InstanceId !== attachment.instanceId || Device !== attachment.device) {
    throw new Ec2Error(
      "InvalidAttachment.NotFound",
      `The volume '${volumeId}' is attached to instance '${attachment.instanceId}' as device '${attachment.device}'`,
    );
  }
  const instance = findInstance(world, InstanceId);
  if (Device === instance.rootDevice && instance.state !== "stopped") {
    throw new Ec2Error(
      "OperationNotPermitted",
      `Unable to detach root volume '${volumeId}' from instance '${InstanceId}'`,
    );
  }
};

export const attachmentActions = ({
  world,
  blockStore,
}: {
  world: World;
  blockStore: BlockStore;
}): Actions => {
  return {
    AttachVolume: action(
      z.strictObject({ VolumeId: z.string(), InstanceId: z.string(), Device: z.string() }),
      async ({ VolumeId, InstanceId, Device }) => {
        const volume = findVolume(world, VolumeId);
        const instance = findInstance(world, InstanceId);
        checkVolume(volume);
        checkInstance(instance);
        checkZones(volume, instance);
        checkDevice(world, instance, Device);
        volume.attachment = {
          instanceId: InstanceId,
          device: Device,
          deleteOnTermination: false,
          attachedAt: new Date(),
        };
        volume.state = "in-use";
        await blockStore.attach(VolumeId, InstanceId, Device);
        return attachmentXml(volume, "attaching");
      },
    ),

    DetachVolume: action(
      z.strictObject({
        VolumeId: z.string(),
        InstanceId: z.string().optional(),
        Device: z.string().optional(),
        Force: formBoolean.optional(),
      }),
      async ({ VolumeId, ...request }) => {
        const volume = findVolume(world, VolumeId);
        checkAttachment(world, volume, request);
        const answer = attachmentXml(volume, "detaching");
        if (volume.attachment)
          await blockStore.detach(volume.attachment.instanceId, volume.attachment.device);
        delete volume.attachment;
        volume.state = "available";
        return answer;
      },
    ),
  };
};
