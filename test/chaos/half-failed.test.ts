// A replacement dies in the middle, at each of its steps: a later sweep finds it and finishes it, with the data and with
// one machine.
import { GetExecutionHistoryCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { hangConnector, type Member } from "../support/machines.ts";
import { machines, output, sfn } from "../support/stage.ts";
import { rowOf } from "../support/tenants.ts";
import { inventory, member, read, whenReadyAgain, whenServed, write } from "./members.ts";
import { stopExecution } from "./sweeps.ts";

beforeAll(async () => {
  // Nothing smaller than a replacement helps: the machine does not listen, and does not reboot.
  await machines.addFault({ action: "SendCommand", code: "InvalidInstanceId", status: 400 });
  await machines.addFault({ action: "RebootInstances", code: "IncorrectState", status: 400 });
});
afterAll(() => machines.clearFaults());

const repairOf = async ({ slug }: Member): Promise<string> => {
  const { generation, repair } = await vi.waitFor(
    async () => {
      const row = await rowOf(slug);
      if (row.status !== "repairing") throw new Error(`${slug} is ${row.status}`);
      return row;
    },
    { timeout: 60_000, interval: 100 },
  );
  const execution = output("RepairWorkflowArn").replace(":stateMachine:", ":execution:");
  return `${execution}:${slug}-${generation}-repair-${repair?.attempt}`;
};

/** Stops the execution as soon as it has come to this state. */
const interruptAt = async (executionArn: string, state: string): Promise<void> => {
  await vi.waitFor(
    async () => {
      const history = new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000 });
      const { events = [] } = await sfn.send(history);
      const entered = events.some(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === state);
      if (!entered) throw new Error(`${executionArn} has not come to ${state}`);
    },
    { timeout: 120_000, interval: 50 },
  );
  await stopExecution(executionArn);
};

const steps = [
  "Plan Replacement",
  "Launch Instance",
  "Stop Instance",
  "Snapshot Data Volume",
  "Move Data Volume",
  "Grant Secrets",
  "Retire Instance",
  "Verify Repair",
];

describe.concurrent("a replacement that is cut off at", () => {
  test.each(steps.map((step, index) => [step, 36 + index] as const))(
    "%s is finished",
    async (step, index) => {
      const broken = await member(index);
      const before = await inventory(broken.slug);
      await write(broken, "ledger", `${broken.slug} has 42`);
      await hangConnector(broken);

      await interruptAt(await repairOf(broken), step);
      await whenServed(broken);
      const row = await whenReadyAgain(broken.slug);

      const after = await inventory(broken.slug);
      expect(after).toEqual({ instances: [row.resources.instanceId], dataVolumes: before.dataVolumes });
      expect(after.instances).not.toEqual(before.instances);
      expect(row.repair).not.toHaveProperty("replaces");
      expect(await read(broken, "ledger")).toBe(`${broken.slug} has 42`);
    },
  );
});
