import { SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDocument, restartUnit, script } from "../../test/support/ec2/test-documents.ts";
import { untilState } from "../../test/support/ec2/test-ec2.ts";
import { TestMachines } from "../../test/support/ec2/test-machines.ts";
import { CommandFailedError } from "../errors.ts";
import { instances } from "./instances.ts";
import { runCommand } from "./run-command.ts";

const unless = (wanted: string, lines: string[]) => ({
  ...script(lines),
  parameters: { unit: { type: "String", allowedValues: [wanted] } },
});

describe("a restart by Run Command, on a machine that runs", () => {
  let machines: TestMachines;
  let client: SSMClient;
  let instanceId: string;

  beforeAll(async () => {
    machines = await TestMachines.start("process");
    client = new SSMClient(machines.stage.access);
    await createDocument(client, "restart-unit", restartUnit);
    await createDocument(
      client,
      "failing",
      unless("warren-app", ["echo first >&2", "echo 'no such unit' >&2", "exit 5"]),
    );
    instanceId = await machines.launchHealthy("acme");
  });
  afterAll(() => machines.stage.close());

  const pidOf = (unit: string) => machines.unit(instanceId, unit)?.pid;

  it.each([
    ["warren-connector", "warren-app"],
    ["warren-app", "warren-connector"],
  ] as const)("makes another process of %s, and leaves %s as it is", async (unit, other) => {
    const before = [pidOf(unit), pidOf(other)];

    expect(await runCommand("restart-unit", { client }).restart(instanceId, unit)).toBe("done");

    expect(pidOf(unit)).not.toBe(before[0]);
    expect(pidOf(other)).toBe(before[1]);
    await machines.untilHealthy(instanceId);
  });

  it("restarts a connector that hangs", async () => {
    const before = pidOf("warren-connector") ?? 0;
    process.kill(before, "SIGSTOP");

    expect(await runCommand("restart-unit", { client }).restart(instanceId, "warren-connector")).toBe("done");

    expect(pidOf("warren-connector")).not.toBe(before);
  });

  it("tells how a command failed", async () => {
    const failing = runCommand("failing", { client }).restart(instanceId, "warren-app");

    await expect(failing).rejects.toBeInstanceOf(CommandFailedError);
    await expect(failing).rejects.toThrow("ended as Failed with exit code 5: «no such unit».");
  });

  it("does not reach a machine that is stopped", async () => {
    await instances(machines.stage.client).stop(instanceId, false);
    await untilState(machines.stage.client, instanceId, "stopped");

    const restarting = runCommand("restart-unit", { client }).restart(instanceId, "warren-connector");

    expect(await restarting).toBe("unreachable");
  });
});
