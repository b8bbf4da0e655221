import { GetCommandInvocationCommand, ListCommandInvocationsCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  commandResult,
  createDocument,
  invocationWhen,
  restartUnit,
  sendCommand,
} from "../../../test/support/ec2/test-documents.ts";
import { namespaceTrouble, running, TestMachines } from "../../../test/support/ec2/test-machines.ts";

const trouble = await namespaceTrouble();
const restart = "warren-test-restart-unit";
const restartOf = (unit: string) => ({ DocumentName: restart, Parameters: { unit: [unit] } });

describe.each([
  { mode: "process", name: "on a machine that is processes", skipped: false },
  {
    mode: "namespace",
    name: trouble ? `skipped, as ${trouble}: on a machine in a namespace` : "on a machine in a namespace",
    skipped: trouble !== undefined,
  },
] as const)("$name", ({ mode, skipped }) => {
  describe.skipIf(skipped)("Run Command", () => {
    let machines: TestMachines;
    let stage: TestMachines["stage"];
    let ssm: SSMClient;
    let instanceId: string;

    beforeAll(async () => {
      machines = await TestMachines.start(mode);
      stage = machines.stage;
      ssm = new SSMClient(stage.access);
      await createDocument(ssm, restart, restartUnit);
      instanceId = await machines.launchHealthy("acme");
    });
    afterAll(() => stage.close());

    const pidOf = (unit: string): number => machines.unit(instanceId, unit)?.pid ?? 0;

    test("restarts a unit, which then is another process", async () => {
      const before = pidOf("warren-connector");

      const answer = await commandResult(ssm, instanceId, restartOf("warren-connector"));

      expect(answer).toMatchObject({
        Status: "Success",
        StatusDetails: "Success",
        ResponseCode: 0,
        PluginName: "restart",
        DocumentName: restart,
        DocumentVersion: "1",
        StandardErrorContent: "",
        ExecutionElapsedTime: expect.stringMatching(/^PT[\d.]+S$/),
      });
      expect(await running(before)).toEqual([]);
      expect(await running(pidOf("warren-connector"))).toHaveLength(1);
    });

    test("kills a unit that hangs and starts it again", async () => {
      const before = pidOf("warren-app");
      process.kill(before, "SIGSTOP");

      const { Status } = await commandResult(ssm, instanceId, restartOf("warren-app"));

      expect(Status).toBe("Success");
      expect(await running(before)).toEqual([]);
      await machines.untilHealthy(instanceId);
    });

    test("answers at once, before anything has happened", async () => {
      const CommandId = await sendCommand(ssm, {
        InstanceIds: [instanceId],
        ...restartOf("warren-connector"),
      });

      const read = ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: instanceId }));

      await expect(read).rejects.toMatchObject({ name: "InvocationDoesNotExist" });
      await invocationWhen(ssm, CommandId, instanceId, ({ Status }) => Status === "Success");
      const list = new ListCommandInvocationsCommand({ CommandId, Details: true });
      expect((await ssm.send(list)).CommandInvocations).toMatchObject([
        { InstanceId: instanceId, Status: "Success", CommandPlugins: [{ Name: "restart", ResponseCode: 0 }] },
      ]);
    });

    test("waits for an agent that does not answer", async () => {
      const { pid } = machines.of(instanceId);
      process.kill(pid, "SIGSTOP");
      const id = await sendCommand(ssm, { InstanceIds: [instanceId], ...restartOf("warren-connector") });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const waiting = await invocationWhen(ssm, id, instanceId, () => true);

      process.kill(pid, "SIGCONT");

      expect(waiting).toMatchObject({ Status: "Pending", ResponseCode: -1 });
      await invocationWhen(ssm, id, instanceId, ({ Status }) => Status === "Success");
    });
  });
});
