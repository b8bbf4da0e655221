// Starts a machine that somebody or something stopped, and waits until it runs; its volumes are where they were.
import type * as z from "zod";
import { type Instances, isEnded } from "../../core/aws/instances.ts";
import type { RungInput, RungOutput } from "../../core/repair/repair-input.ts";
import type { RepairStore } from "../../core/repair/repair-store.ts";
import type { environment } from "./environment.ts";

export interface StartInstanceDeps {
  env: Pick<z.output<typeof environment>, "STAGE">;
  repairs: Pick<RepairStore, "recordRung">;
  instances: Pick<Instances, "find" | "untilStopped" | "start" | "untilRunning">;
}

export const startInstance = async (
  { instanceId, ...repair }: RungInput,
  { env, repairs, instances }: StartInstanceDeps,
): Promise<RungOutput> => {
  await repairs.recordRung(repair, "start-instance");
  const found = await instances.find({ stage: env.STAGE, slug: repair.slug, generation: repair.generation });
  const machine = found.find(({ id }) => id === instanceId);
  if (!machine || isEnded(machine)) {
    return { outcome: "skipped", detail: `${instanceId} is ${machine?.state ?? "gone"}` };
  }
  if (machine.state === "stopping") await instances.untilStopped([instanceId]);
  await instances.start(instanceId);
  await instances.untilRunning(instanceId);
  return { outcome: "done", detail: `${instanceId}, which was ${machine.state}, runs` };
};
