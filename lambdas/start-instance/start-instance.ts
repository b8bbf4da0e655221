// Starts a machine that somebody or something stopped, and waits until it runs; its volumes are where they were.
import { type Instances, isEnded } from "../../core/aws/instances.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import type { RungOutput } from "../../core/repair/repair-input.ts";
import type { RepairStore } from "../../core/repair/repair-store.ts";
import { task } from "./task.ts";

export interface StartInstanceDeps {
  repairs: Pick<RepairStore, "recordRung">;
  instances: Pick<Instances, "find" | "untilStopped" | "start" | "untilRunning">;
}

export const startInstance = async (
  { key, instanceId, ...repair }: TaskInput<typeof task>,
  { repairs, instances }: StartInstanceDeps,
): Promise<RungOutput> => {
  await repairs.recordRung(repair, task.name);
  const found = await instances.find(key);
  const machine = found.find(({ id }) => id === instanceId);
  if (!machine || isEnded(machine)) {
    return { outcome: "skipped", detail: `${instanceId} is ${machine?.state ?? "gone"}` };
  }
  if (machine.state === "stopping") await instances.untilStopped([instanceId]);
  await instances.start(instanceId);
  await instances.untilRunning(instanceId);
  return { outcome: "done", detail: `${instanceId}, which was ${machine.state}, runs` };
};
