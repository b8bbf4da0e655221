// Gets a tenant's machine to work with the restored volume: ends every machine that does not have it, orders a repair,
// which replaces it, and looks until that is done. It goes by what it finds, so that it can begin anywhere.
import { adviceFor } from "../../core/advice.ts";
import { type Instance, type Instances, isEnded } from "../../core/aws/instances.ts";
import { type Clock, poll } from "../../core/clock.ts";
import type { RepairStore } from "../../core/repair/repair-store.ts";
import type { TenantKey } from "../../core/tenant/names.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { RestoreError } from "./plan.ts";
import type { RestoreVolumes } from "./volumes.ts";

export interface TakeoverDeps {
  tenants: Pick<TenantStore, "get">;
  repairs: Pick<RepairStore, "begin">;
  instances: Pick<Instances, "find" | "terminate">;
  volumes: Pick<RestoreVolumes, "find">;
  clock: Clock;
  say: (line: string) => void;
}

export interface Takeover {
  key: TenantKey;
  volumeId: string;
  snapshotId: string;
  /** false: until the replacement is under way, and not until it is done */
  wait: boolean;
  /** what the stage gives a machine to its first 200, in milliseconds */
  firstAnswer: number;
}

/** Milliseconds. */
const pauses = { firstPause: 2_000, longestPause: 5_000 };

/** Besides the first answer of the new machine: its launch, the end of the others, and the move of the data. */
const REPLACES_IN = 15 * 60_000;

interface Found {
  row: Tenant;
  /** the one that has the restored volume */
  holder: Instance | undefined;
  /** the others that did not end */
  others: Instance[];
}

type Step = "served" | "wait" | "end" | "order" | "fail";

/** @param ordered whether this run has ordered a repair: of one that failed, there is only the reason to tell */
const nextStep = ({ row, holder, others }: Found, ordered: boolean): Step => {
  if (row.status === "repairing") return "wait";
  if (others.length > 0) return "end";
  if (row.status === "degraded") return ordered ? "fail" : "order";
  if (!holder) return "order";
  return holder.id === row.resources.instanceId ? "served" : "wait";
};

/** @returns the machine that serves the tenant with the restored volume; undefined without waiting @throws RestoreError */
export const takeOver = async (takeover: Takeover, deps: TakeoverDeps): Promise<string | undefined> => {
  let ordered = false;
  const attempt = async (): Promise<Found | undefined> => {
    const found = await look(takeover, deps);
    const { row, others } = found;
    switch (nextStep(found, ordered)) {
      case "served":
        return found;
      case "wait":
        deps.say(`${row.slug} is ${row.status}: ${row.repair?.rung ?? "looking at it"}.`);
        return takeover.wait || others.length > 0 ? undefined : found;
      case "end":
        await end(others, deps);
        return undefined;
      case "order":
        if (await order(takeover, row, deps)) ordered = true;
        return ordered && !takeover.wait ? found : undefined;
      case "fail":
        throw failed(takeover, row);
    }
  };
  const atMost = REPLACES_IN + takeover.firstAnswer;
  const found = await poll(attempt, { ...pauses, atMost }, deps.clock);
  if (!found) throw late(takeover, atMost);
  return takeover.wait ? found.holder?.id : undefined;
};

const look = async ({ key, volumeId }: Takeover, deps: TakeoverDeps): Promise<Found> => {
  const [found, volumes] = await Promise.all([deps.instances.find(key), deps.volumes.find(key)]);
  // Read last: of a row that is at rest now, no repair has these machines in hand.
  const current = await deps.tenants.get(key.slug);
  const row = current?.generation === key.generation ? current : undefined;
  if (!row || row.status === "deleting" || row.status === "failed")
    throw new RestoreError(`${key.slug} is ${row?.status ?? "gone"} now: its data is not needed any more.`);
  const machines = found.filter((machine) => !isEnded(machine));
  const heldBy = volumes.find(({ id }) => id === volumeId)?.heldBy;
  return {
    row,
    holder: machines.find(({ id }) => id === heldBy),
    others: machines.filter(({ id }) => id !== heldBy),
  };
};

const end = async (machines: Instance[], { instances, say }: TakeoverDeps): Promise<void> => {
  const ids = machines.map(({ id }) => id);
  say(`Ending ${ids.join(", ")}, without the restored volume.`);
  await instances.terminate(ids);
};

/** Not left to the next sweep, which would heed the cooldown of a repair that failed, and the outage guard. */
const order = async (
  { snapshotId }: Takeover,
  row: Tenant,
  { repairs, say }: TakeoverDeps,
): Promise<boolean> => {
  const begun = await repairs.begin(row, `The tenant's data was restored from ${snapshotId}.`);
  if (begun) say(`Ordered a repair of ${row.slug}.`);
  return begun;
};

const failed = ({ key, volumeId }: Takeover, { failure }: Tenant): RestoreError =>
  new RestoreError(
    `${volumeId} is the data of ${key.slug} now, but the tenant is degraded: ${failure?.reason ?? "no reason is known."} ` +
      (failure ? adviceFor(failure, key.slug) : "Follow docs/runbook.md, section A tenant is degraded."),
  );

const late = ({ key, volumeId, snapshotId }: Takeover, atMost: number): RestoreError =>
  new RestoreError(
    `${volumeId} is the data of ${key.slug} now, but no machine served it within ${atMost / 60_000} minutes. ` +
      "Look at the tenant's repair-tenant execution; to go on from here: " +
      `npm run restore -- ${key.stage} ${key.slug} ${snapshotId}`,
  );
