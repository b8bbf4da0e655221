// Takes the data volume from the machine that is being replaced to the new one: only from one that is seen to write no
// more, only to one that runs, and never an empty volume in the place of data.
import type { Instance, Instances } from "../../core/aws/instances.ts";
import { dataVolumeOf, type Volume, type Volumes } from "../../core/aws/volumes.ts";
import {
  DataVolumeMissingError,
  MachineNotReadyError,
  RepairFailedError,
  VolumeAttachedElsewhereError,
} from "../../core/errors.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import type { task } from "./task.ts";

type Input = TaskInput<typeof task>;

export interface MoveDataVolumeDeps {
  instances: Pick<Instances, "find" | "look" | "untilRunning">;
  volumes: Pick<Volumes, "find" | "untilAvailable" | "attach" | "detach">;
}

export const moveDataVolume = async (input: Input, deps: MoveDataVolumeDeps) => {
  const { key, instanceId } = input;
  const [machines, found] = await Promise.all([deps.instances.find(key), deps.volumes.find(key)]);
  const data = dataVolumeOf(found);
  if (!data) throw new DataVolumeMissingError(`Tenant ${key.slug} has no data volume that could be moved.`);
  if (isThere(data, instanceId)) return { volumeId: data.id };
  requireSameZone(data, machines, instanceId);
  await release(data, input, deps);
  await Promise.all([deps.volumes.untilAvailable(data.id), deps.instances.untilRunning(instanceId)]);
  await deps.volumes.attach(data.id, instanceId);
  return { volumeId: data.id };
};

const isThere = ({ attachment }: Volume, instanceId: string): boolean =>
  attachment?.instanceId === instanceId && attachment.state !== "detaching";

const requireSameZone = ({ id, zone }: Volume, machines: Instance[], instanceId: string): void => {
  const target = machines.find((machine) => machine.id === instanceId);
  if (!target || target.zone === zone) return;
  throw new RepairFailedError(
    `Volume ${id} is in ${zone}, and the new instance ${instanceId} in ${target.zone}, where it cannot be attached.`,
  );
};

const release = async (
  { id, attachment }: Volume,
  { replaces, key }: Input,
  { instances, volumes }: MoveDataVolumeDeps,
): Promise<void> => {
  if (!attachment || attachment.state === "detaching") return;
  const { instanceId: holder } = attachment;
  if (!replaces.includes(holder)) {
    throw new VolumeAttachedElsewhereError(
      `Volume ${id} is attached to ${holder}, which is not being replaced.`,
    );
  }
  const state = (await instances.look(holder, key))?.state ?? "not shown by EC2";
  if (state !== "stopped" && state !== "terminated") {
    throw new MachineNotReadyError(`Instance ${holder} is ${state}, and may still write to volume ${id}.`);
  }
  await volumes.detach(id, holder);
};
