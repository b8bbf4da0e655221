// The step of a restore after which the tenant has other data: fills a volume from the snapshot, beside everything that
// runs, and then gives it the place of the one that has the data.
import { clientToken } from "../../core/aws/client-token.ts";
import { type Clock, poll } from "../../core/clock.ts";
import {
  type PlanDeps,
  planRestore,
  RestoreError,
  type RestorePlan,
  type RestoreWish,
  refuse,
} from "./plan.ts";
import type { RestoreVolumes } from "./volumes.ts";

export interface DataDeps extends PlanDeps {
  volumes: RestoreVolumes;
  clock: Clock;
  say: (line: string) => void;
}

interface DataWish extends RestoreWish {
  /** what the stage is configured to; a larger snapshot makes a larger volume */
  sizeGib: number;
}

/** What the restore needs of a volume: itself, and the one before it. */
interface Successor {
  id: string;
  replaces?: string | undefined;
}

/** @throws RestoreError; the tenant's data is then as it was */
export const putInPlace = async (plan: RestorePlan, wish: DataWish, deps: DataDeps): Promise<Successor> => {
  const successor = plan.unfinished ?? (await make(plan, wish, deps));
  await untilAvailable(plan, successor.id, deps);
  await checkUnchanged(plan, wish, deps);
  // In this order: without any data volume a repair stops, but of two it could take the wrong one.
  if (plan.data) {
    deps.say(`Putting ${plan.data.id} aside: it is kept as it is.`);
    await deps.volumes.setRole(plan.data.id, "replaced");
  }
  await deps.volumes.setRole(successor.id, "data");
  deps.say(`${successor.id} is the data of ${plan.key.slug} now.`);
  return successor;
};

const make = async (
  { key, data, snapshot, zone }: RestorePlan,
  { sizeGib }: DataWish,
  { volumes, say }: DataDeps,
): Promise<Successor> => {
  const place =
    zone ??
    refuse(`nothing says in which zone ${key.slug} lives`, "Wait for its next repair to launch a machine.");
  const size = Math.max(sizeGib, snapshot.sizeGib, data?.sizeGib ?? 0);
  const replaces = data?.id;
  const parts = [key.slug, key.generation, snapshot.id, replaces ?? "", place, size];
  const id = await volumes.create({
    of: key,
    snapshotId: snapshot.id,
    zone: place,
    sizeGib: size,
    keyId: data?.keyId,
    replaces,
    clientToken: clientToken(...parts),
  });
  say(`Filling ${id} (${size} GiB, ${place}) from ${snapshot.id}.`);
  return { id, replaces };
};

/** Milliseconds. A volume is available before all is copied: what is not there yet comes when it is first read. */
const backoff = { firstPause: 1_000, longestPause: 5_000, atMost: 10 * 60_000 };

const untilAvailable = async ({ key, snapshot }: RestorePlan, id: string, deps: DataDeps): Promise<void> => {
  const available = await poll(
    async () => {
      const volume = (await deps.volumes.find(key)).find((one) => one.id === id);
      if (volume?.state === "error")
        refuse(
          `EC2 could not fill ${id}`,
          "Look at its state in EC2, delete it, and choose another snapshot.",
        );
      return volume?.state === "available" || undefined;
    },
    backoff,
    deps.clock,
  );
  if (available) return;
  refuse(
    `${id} is not available after ${backoff.atMost / 60_000} minutes`,
    `Look at it in EC2. To go on with it: npm run restore -- ${key.stage} ${key.slug} ${snapshot.id}`,
  );
};

/** While the volume was made, a repair or another operator may have begun. */
const checkUnchanged = async (plan: RestorePlan, wish: RestoreWish, deps: DataDeps): Promise<void> => {
  const { key, data } = await planRestore(wish, deps);
  if (key.generation === plan.key.generation && data?.id === plan.data?.id) return;
  throw new RestoreError(
    `Not restored: meanwhile somebody else gave ${key.slug} other data (${data?.id ?? "none"}). ` +
      "Find out who, and run this again if it is still wanted.",
  );
};
