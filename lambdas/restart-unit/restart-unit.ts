// The smallest repairs: a connector that hangs or has lost its way, the front or the application behind it begins anew on its
// machine, and nothing else is touched. Where the machine cannot be told, the rung is skipped.
import type * as z from "zod";
import type { RunCommand } from "../../core/aws/run-command.ts";
import type { RestartableUnit } from "../../core/machine/machine-contract.ts";
import type { RungOutput } from "../../core/repair/repair-input.ts";
import type { RepairStore } from "../../core/repair/repair-store.ts";
import type { Rung } from "../../core/repair/rungs.ts";
import type { task } from "./task.ts";

export interface RestartUnitDeps {
  repairs: Pick<RepairStore, "recordRung">;
  commands: RunCommand;
}

const rungs: Record<RestartableUnit, Rung> = {
  "warren-connector": "restart-connector",
  "warren-front": "restart-front",
  "warren-app": "restart-application",
};

/** A second restart after a crash costs the tenant a second; there is nothing to find out first. */
export const restartUnit = async (
  { instanceId, unit, ...repair }: z.output<typeof task.input>,
  { repairs, commands }: RestartUnitDeps,
): Promise<RungOutput> => {
  await repairs.recordRung(repair, rungs[unit]);
  const outcome = await commands.restart(instanceId, unit);
  if (outcome === "done") return { outcome, detail: `${unit} was restarted on ${instanceId}` };
  return { outcome: "skipped", detail: `Run Command does not reach ${instanceId}` };
};
