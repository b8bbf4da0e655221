// Two rungs are the same but for their unit: restart it on the machine, or skip the rung where the machine cannot be told.

import { type RunCommand, runCommand, type Unit } from "../aws/run-command.ts";
import { type RungInput, type RungOutput, rungInput, rungOutput } from "./repair-input.ts";
import { type RepairStore, repairStore } from "./repair-store.ts";
import type { Rung } from "./rungs.ts";

export interface RestartUnitDeps {
  repairs: Pick<RepairStore, "recordRung">;
  commands: RunCommand;
}

/** A second restart after a crash costs the tenant a second; there is nothing to find out first. */
export const restartUnit =
  (rung: Rung, unit: Unit) =>
  async ({ instanceId, ...repair }: RungInput, deps: RestartUnitDeps): Promise<RungOutput> => {
    await deps.repairs.recordRung(repair, rung);
    const outcome = await deps.commands.restart(instanceId, unit);
    if (outcome === "done") return { outcome, detail: `${unit} was restarted on ${instanceId}` };
    return { outcome: "skipped", detail: `Run Command does not reach ${instanceId}` };
  };

/** What the two tasks' handlers have in common. */
export const restartTask = {
  input: rungInput,
  output: rungOutput,
  connect: (env: { TENANTS_TABLE: string; RESTART_DOCUMENT: string }): RestartUnitDeps => ({
    repairs: repairStore(env.TENANTS_TABLE),
    commands: runCommand(env.RESTART_DOCUMENT),
  }),
};
