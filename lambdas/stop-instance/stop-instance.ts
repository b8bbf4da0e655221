// Stops the machines that are being replaced, so that they write all they have to the data volume before it moves.
import type * as z from "zod";
import type { Instance, Instances } from "../../core/aws/instances.ts";
import type { RepairOf, RepairStore } from "../../core/repair/repair-store.ts";
import type { environment } from "./environment.ts";

interface Input extends RepairOf {
  replaces: string[];
}

export interface StopInstanceDeps {
  env: Pick<z.output<typeof environment>, "STAGE">;
  repairs: Pick<RepairStore, "recordRung">;
  instances: Pick<Instances, "find" | "stop" | "untilStopped">;
}

/** The rung is recorded here, where it first takes something away, and not for a repair that is no longer wanted. */
export const stopInstance = async ({ replaces, ...repair }: Input, deps: StopInstanceDeps) => {
  const { env, repairs, instances } = deps;
  await repairs.recordRung(repair, "replace-instance");
  const found = await instances.find({ stage: env.STAGE, slug: repair.slug, generation: repair.generation });
  const replaced = found.filter(({ id, state }) => replaces.includes(id) && state !== "terminated");
  for (const machine of replaced) await stop(machine, instances);
  const stopped = replaced.map(({ id }) => id);
  await instances.untilStopped(stopped);
  return { stopped };
};

/** One that an earlier try left stopping may hang: EC2 switches it off if it does not go down by itself even now. */
const stop = async ({ id, state }: Instance, instances: StopInstanceDeps["instances"]): Promise<void> => {
  if (state === "stopped" || state === "shutting-down") return;
  await instances.stop(id, state === "stopping");
};
