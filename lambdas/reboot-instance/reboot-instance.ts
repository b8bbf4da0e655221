// Everything on the machine begins anew, and nothing of it is lost. A system that does not go down is cut off by EC2
// after a few minutes.
import type { Instances } from "../../core/aws/instances.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import type { RungOutput } from "../../core/repair/repair-input.ts";
import type { RepairStore } from "../../core/repair/repair-store.ts";
import { task } from "./task.ts";

export interface RebootInstanceDeps {
  repairs: Pick<RepairStore, "recordRung">;
  instances: Pick<Instances, "find" | "reboot">;
}

export const rebootInstance = async (
  { key, instanceId, ...repair }: TaskInput<typeof task>,
  { repairs, instances }: RebootInstanceDeps,
): Promise<RungOutput> => {
  await repairs.recordRung(repair, task.name);
  const found = await instances.find(key);
  const state = found.find(({ id }) => id === instanceId)?.state ?? "gone";
  if (state !== "running") return { outcome: "skipped", detail: `${instanceId} is ${state}` };
  await instances.reboot(instanceId);
  return { outcome: "done", detail: `${instanceId} was told to reboot` };
};
