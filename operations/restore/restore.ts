// Puts a tenant's data back to what a snapshot holds: on a new volume, which takes the place of the one that has the
// data now. That one is kept. Each step can be repeated, so a run that ended anywhere is finished by running it again.
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { type Instances, instances } from "../../core/aws/instances.ts";
import { type Clock, systemClock } from "../../core/clock.ts";
import { type RepairStore, repairStore } from "../../core/repair/repair-store.ts";
import { type TenantStore, tenantStore } from "../../core/tenant/tenant-store.ts";
import { confirmed, type Operator } from "../operator.ts";
import { putInPlace } from "./data.ts";
import { planRestore, type RestorePlan, type RestoreWish } from "./plan.ts";
import { describeSnapshot, isOfAnother, type RestoreSnapshots, restoreSnapshots } from "./snapshots.ts";
import { takeOver } from "./takeover.ts";
import { type RestoreVolumes, restoreVolumes } from "./volumes.ts";

export interface RestoreAccess {
  ec2: EC2Client;
  documents: DynamoDBDocumentClient;
  tenantsTable: string;
}

export interface RestoreDeps {
  tenants: Pick<TenantStore, "get">;
  repairs: Pick<RepairStore, "begin">;
  instances: Pick<Instances, "find" | "terminate">;
  volumes: RestoreVolumes;
  snapshots: RestoreSnapshots;
  clock: Clock;
  /** is told what happens, a line at a time */
  say: Operator["say"];
  /** is asked once the plan is clear, before anything is changed */
  confirm: Operator["confirm"];
}

export interface RestoreOptions extends RestoreWish {
  /** what the stage is configured to; a larger snapshot makes a larger volume */
  sizeGib: number;
  /** what the stage gives a machine to its first 200 */
  firstAnswerMinutes: number;
  /** false: until the new machine is under way, and not until it serves the tenant */
  wait?: boolean | undefined;
}

export interface Restored {
  /** holds the data now */
  volumeId: string;
  /** held it before, and is kept */
  previousId: string | undefined;
  /** serves the tenant with the restored data; undefined without waiting */
  instanceId: string | undefined;
  /** nothing was changed: this snapshot was restored before, and is in use */
  already: boolean;
}

export const restoreDeps = (
  { ec2, documents, tenantsTable }: RestoreAccess,
  { say, confirm }: Operator,
): RestoreDeps => ({
  tenants: tenantStore(tenantsTable, { client: documents }),
  repairs: repairStore(tenantsTable, { client: documents }),
  instances: instances(ec2),
  volumes: restoreVolumes(ec2),
  snapshots: restoreSnapshots(ec2),
  clock: systemClock,
  say: unlessRepeated(say),
  confirm,
});

const unlessRepeated = (say: RestoreDeps["say"]): RestoreDeps["say"] => {
  let last: string | undefined;
  return (line) => {
    if (line !== last) say(line);
    last = line;
  };
};

/** @throws OperatorError */
export const restore = async (options: RestoreOptions, deps: RestoreDeps): Promise<Restored> => {
  const plan = await planRestore(options, deps);
  introduce(plan, deps);
  const done = finishedBefore(plan);
  if (done) return done;
  await confirmed(deps, questionOf(plan));
  const volume = plan.inPlace ?? (await putInPlace(plan, options, deps));
  const { snapshotId, wait = true, firstAnswerMinutes } = options;
  const firstAnswer = firstAnswerMinutes * 60_000;
  const taking = { key: plan.key, volumeId: volume.id, snapshotId, wait, firstAnswer };
  const instanceId = await takeOver(taking, deps);
  return { volumeId: volume.id, previousId: volume.replaces, instanceId, already: false };
};

const finishedBefore = ({ row: { resources, status }, inPlace }: RestorePlan): Restored | undefined => {
  if (status !== "ready" || !inPlace?.heldBy || inPlace.heldBy !== resources.instanceId) return undefined;
  const { instanceId } = resources;
  return { volumeId: inPlace.id, previousId: inPlace.replaces, instanceId, already: true };
};

const questionOf = ({ key: { slug }, data, inPlace }: RestorePlan): string => {
  if (inPlace) return `Replace the machine of ${slug}, so that one has ${inPlace.id}?`;
  const kept = data ? ` What it has now stays on ${data.id}.` : "";
  return `Give ${slug} this data, on a new machine?${kept}`;
};

const introduce = ({ key, snapshot, leftovers }: RestorePlan, { say }: RestoreDeps): void => {
  const { slug, stage, generation } = key;
  say(`${slug} on ${stage}, from ${snapshot.id}: ${describeSnapshot(snapshot)}.`);
  if (isOfAnother(snapshot, generation))
    say(
      `It is of an earlier incarnation of ${slug}: a database in it knows that one's password, not today's.`,
    );
  for (const { id, restoredFrom } of leftovers)
    say(
      `${id} was left by a restore of ${restoredFrom} that never ended: aws ec2 delete-volume --volume-id ${id}`,
    );
};
