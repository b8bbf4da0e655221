// Puts back what was changed by hand on the machines that the row names: the instance profile, the security group, the tags,
// and the attachment of the data volume.
// Nothing is started, stopped, replaced or taken from where it is.
import type * as z from "zod";
import type { InstanceAccess } from "../../core/aws/instance-access.ts";
import { type Instance, type Instances, isEnded } from "../../core/aws/instances.ts";
import { dataVolumeOf, type Volume, type Volumes } from "../../core/aws/volumes.ts";
import { VolumeAttachedElsewhereError } from "../../core/errors.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { withNamed } from "../../core/not-shown.ts";
import type { RungOutput } from "../../core/repair/repair-input.ts";
import { isUnder, type RepairStore } from "../../core/repair/repair-store.ts";
import { hostname } from "../../core/tenant/names.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { superseded, type TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

type Input = TaskInput<typeof task>;

export interface CorrectMachineDeps {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN" | "INSTANCE_PROFILE_ARN" | "SECURITY_GROUP_ID">;
  tenants: Pick<TenantStore, "get">;
  repairs: Pick<RepairStore, "recordRung">;
  instances: Pick<Instances, "look" | "correctTags">;
  access: InstanceAccess;
  volumes: Pick<Volumes, "find" | "look" | "attach">;
}

export const correctMachine = async (input: Input, deps: CorrectMachineDeps): Promise<RungOutput> => {
  const row = await deps.tenants.get(input.slug);
  if (!isUnder(row, input)) throw superseded(input);
  await deps.repairs.recordRung(input, task.name);
  const machines = await named(input, row, deps);
  if (machines.length === 0)
    return { outcome: "skipped", detail: "EC2 shows no machine of an id that the row names" };
  const corrected: (string | undefined)[] = [];
  for (const machine of machines) {
    // First: only on a machine with the tenants' profile may tags be put back.
    corrected.push(await correctAccess(machine, deps));
    corrected.push(await correctTags(input, machine, deps));
    // Until a replacement has ended, the data may be on either machine.
    if (!row.repair?.replaces) corrected.push(await correctVolume(input, row, machine, deps));
  }
  const done = corrected.filter((one) => one !== undefined);
  const ids = machines.map(({ id }) => id).join(", ");
  if (done.length === 0) return { outcome: "skipped", detail: `as it should be: ${ids}` };
  return { outcome: "done", detail: done.join("; ") };
};

/** The row's machine, and those that a replacement has begun to take away: without tags, they could not be stopped. */
const named = async (
  { key }: Input,
  { resources: { instanceId }, repair }: Tenant,
  { instances }: CorrectMachineDeps,
): Promise<Instance[]> => {
  const ids = [...new Set([instanceId, ...(repair?.replaces ?? [])])];
  const shown = await withNamed<Instance>([], ids, (id) => instances.look(id, key));
  return shown.filter((machine) => !isEnded(machine));
};

const correctAccess = async (
  { id }: Instance,
  { env, access }: CorrectMachineDeps,
): Promise<string | undefined> => {
  const own = { profileArn: env.INSTANCE_PROFILE_ARN, securityGroupId: env.SECURITY_GROUP_ID };
  const lost = await access.correct(id, own);
  return lost.length > 0 ? `${id} has ${lost.join(" and ")} again` : undefined;
};

const correctTags = async (
  { key }: Input,
  { id }: Instance,
  { env, instances }: CorrectMachineDeps,
): Promise<string | undefined> => {
  const lost = await instances.correctTags(id, key, hostname(key.slug, env.BASE_DOMAIN));
  return lost.length > 0 ? `${id} has its tags again: ${lost.join(", ")}` : undefined;
};

const correctVolume = async (
  input: Input,
  row: Tenant,
  { id, zone, state }: Instance,
  { volumes }: CorrectMachineDeps,
): Promise<string | undefined> => {
  const volume = await dataOf(input, row, volumes);
  if (!volume || volume.attachment?.instanceId === id) return undefined;
  if (volume.attachment)
    throw new VolumeAttachedElsewhereError(
      `Volume ${volume.id} is attached to ${volume.attachment.instanceId}, not to ${id}.`,
    );
  if (volume.state !== "available" || volume.zone !== zone || state !== "running") return undefined;
  await volumes.attach(volume.id, id);
  return `volume ${volume.id} is attached to ${id} again`;
};

const dataOf = async (
  { key }: Input,
  { resources: { volumeId } }: Tenant,
  volumes: CorrectMachineDeps["volumes"],
): Promise<Volume | undefined> =>
  dataVolumeOf(await volumes.find(key)) ?? (volumeId ? await volumes.look(volumeId, key) : undefined);
