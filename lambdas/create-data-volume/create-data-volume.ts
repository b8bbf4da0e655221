// The tenant's data lives on a volume of its own, made where the machine is, so that it survives the machine.
import type * as z from "zod";
import { clientToken } from "../../core/aws/client-token.ts";
import type { Instances } from "../../core/aws/instances.ts";
import { dataVolumeOf, type Volume, type Volumes } from "../../core/aws/volumes.ts";
import { VolumeAttachedElsewhereError, VolumeNotReadyError } from "../../core/errors.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import type { TenantKey } from "../../core/tenant/names.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

type Input = TaskInput<typeof task>;

export interface CreateDataVolumeDeps {
  env: Pick<z.output<typeof task.environment>, "VOLUME_SIZE_GIB" | "VOLUME_KEY_ID">;
  tenants: Pick<TenantStore, "recordStep">;
  instances: Pick<Instances, "untilRunning">;
  volumes: Pick<Volumes, "find" | "create" | "untilAvailable" | "attach">;
}

export const createDataVolume = async (input: Input, deps: CreateDataVolumeDeps) => {
  const { key, instanceId } = input;
  const existing = dataVolumeOf(await deps.volumes.find(key));
  const volumeId = existing?.id ?? (await create(key, input.availabilityZone, deps));
  if (!isAttached(existing, instanceId)) await attach(volumeId, instanceId, deps);
  await deps.tenants.recordStep(key, task.step, { volumeId });
  return { volumeId };
};

const create = (of: TenantKey, zone: string, { env, volumes }: CreateDataVolumeDeps): Promise<string> =>
  volumes.create({
    of,
    zone,
    sizeGib: env.VOLUME_SIZE_GIB,
    keyId: env.VOLUME_KEY_ID,
    clientToken: clientToken(of.slug, of.generation, "data", zone),
  });

const isAttached = (volume: Volume | undefined, instanceId: string): boolean => {
  if (!volume?.attachment) return false;
  const { instanceId: holder, state } = volume.attachment;
  if (state === "detaching") throw new VolumeNotReadyError(`Volume ${volume.id} is leaving ${holder}.`);
  if (holder === instanceId) return true;
  throw new VolumeAttachedElsewhereError(
    `Volume ${volume.id} is attached to ${holder}, not to ${instanceId}.`,
  );
};

const attach = async (volumeId: string, instanceId: string, deps: CreateDataVolumeDeps): Promise<void> => {
  // EC2 attaches only what is available to what is running; the two get there side by side.
  await Promise.all([deps.volumes.untilAvailable(volumeId), deps.instances.untilRunning(instanceId)]);
  await deps.volumes.attach(volumeId, instanceId);
};
