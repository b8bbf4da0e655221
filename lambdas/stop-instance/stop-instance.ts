// Stops the machines that are being replaced, so that they write all they have to the data volume before it moves. They
// are known by the ids that the row names, whatever became of their tags.
import type { Instance, Instances } from "../../core/aws/instances.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import type { RepairStore } from "../../core/repair/repair-store.ts";
import type { task } from "./task.ts";

type Input = TaskInput<typeof task>;

export interface StopInstanceDeps {
  repairs: Pick<RepairStore, "recordRung">;
  instances: Pick<Instances, "look" | "stop" | "untilStopped">;
}

/** The rung is recorded here, where it first takes something away, and not for a repair that is no longer wanted. */
export const stopInstance = async ({ key, replaces, ...repair }: Input, deps: StopInstanceDeps) => {
  const { repairs, instances } = deps;
  await repairs.recordRung(repair, "replace-instance");
  const shown = await Promise.all(replaces.map((id) => instances.look(id, key)));
  const replaced = shown.filter(
    (machine): machine is Instance => !!machine && machine.state !== "terminated",
  );
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
