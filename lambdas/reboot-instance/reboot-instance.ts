// Everything on the machine begins anew, and nothing of it is lost. A system that does not go down is cut off by EC2
// after a few minutes.
import type * as z from "zod";
import type { Instances } from "../../core/aws/instances.ts";
import type { RungInput, RungOutput } from "../../core/repair/repair-input.ts";
import type { RepairStore } from "../../core/repair/repair-store.ts";
import type { environment } from "./environment.ts";

export interface RebootInstanceDeps {
  env: Pick<z.output<typeof environment>, "STAGE">;
  repairs: Pick<RepairStore, "recordRung">;
  instances: Pick<Instances, "find" | "reboot">;
}

export const rebootInstance = async (
  { instanceId, ...repair }: RungInput,
  { env, repairs, instances }: RebootInstanceDeps,
): Promise<RungOutput> => {
  await repairs.recordRung(repair, "reboot-instance");
  const found = await instances.find({ stage: env.STAGE, slug: repair.slug, generation: repair.generation });
  const state = found.find(({ id }) => id === instanceId)?.state ?? "gone";
  if (state !== "running") return { outcome: "skipped", detail: `${instanceId} is ${state}` };
  await instances.reboot(instanceId);
  return { outcome: "done", detail: `${instanceId} was told to reboot` };
};
