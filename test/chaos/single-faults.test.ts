// One thing breaks at a time, on a real machine of a fleet of fifty, and the tenant answers again without anybody's help.
import { StopInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { freeze, type Member, signal } from "../support/machines.ts";
import { ec2, machines } from "../support/stage.ts";
import { auditedActs } from "./audited-acts.ts";
import { inventory, member, read, secondsOut, whenReadyAgain, write } from "./members.ts";

const figures: Record<string, string> = {};
afterAll(() => {
  for (const [fault, out] of Object.entries(figures)) process.stdout.write(`chaos: ${fault}: ${out}\n`);
});
afterEach(async () => {
  await machines.clearFaults();
  await machines.clearImpairments();
});

/** Breaks the tenant, and waits until it answers and its row is at rest. */
const healed = async (index: number, fault: string, breakIt: (broken: Member) => Promise<unknown>) => {
  const broken = await member(index);
  await write(broken, "ledger", `${broken.slug} has 42`);
  const seconds = await secondsOut(broken, () => breakIt(broken));
  const row = await whenReadyAgain(broken.slug);
  figures[fault] = `${seconds.toFixed(1)} s (${row.repair?.rung ?? "by itself"})`;
  expect(await read(broken, "ledger")).toBe(`${broken.slug} has 42`);
  return { broken, row, rungs: await auditedActs(broken), after: await inventory(broken.slug) };
};

describe("by itself, without any repair", () => {
  test.each([
    ["a killed connector", 0, "warren-connector"],
    ["a killed application", 1, "warren-app"],
  ] as const)("%s comes back", async (fault, index, unit) => {
    const { broken, row, after } = await healed(index, fault, (it) => signal(it, unit, "SIGKILL"));

    expect(row.repair).toBeUndefined();
    expect(after.instances).toEqual([broken.instanceId]);
  });
});

describe("by the smallest repair that helps", () => {
  test("a hung connector is restarted, and the machine is not", async () => {
    const { broken, rungs, after } = await healed(2, "a hung connector", (it) =>
      signal(it, "warren-connector", "SIGSTOP"),
    );

    expect(rungs).toEqual(["restart-connector: done"]);
    expect(after.instances).toEqual([broken.instanceId]);
  });

  test("a hung application is restarted", async () => {
    const { broken, rungs, after } = await healed(3, "a hung application", (it) =>
      signal(it, "warren-app", "SIGSTOP"),
    );

    expect(rungs.at(-1)).toBe("restart-application: done");
    expect(rungs.join()).not.toContain("instance");
    expect(after.instances).toEqual([broken.instanceId]);
  });

  test("a stopped instance is started", async () => {
    const { broken, rungs, after } = await healed(4, "a stopped instance", ({ instanceId }) =>
      ec2.send(new StopInstancesCommand({ InstanceIds: [instanceId] })),
    );

    expect(rungs).toEqual(["start-instance: done"]);
    expect(after.instances).toEqual([broken.instanceId]);
  });

  test("an impaired machine that serves nothing is rebooted", async () => {
    const { broken, rungs, after } = await healed(5, "an impaired machine", async (it) => {
      await machines.impair({ instanceId: it.instanceId, check: "instance" });
      await signal(it, "warren-connector", "SIGSTOP");
    });

    expect(rungs).toEqual(["reboot-instance: done"]);
    expect(after.instances).toEqual([broken.instanceId]);
  });

  test("a machine that Run Command does not reach skips that rung", async () => {
    await machines.addFault({ action: "SendCommand", code: "InvalidInstanceId", status: 400 });

    const { broken, rungs, after } = await healed(6, "an unreachable machine", freeze);

    expect(rungs[0]).toBe("restart-connector: skipped");
    expect(rungs.at(-1)).toBe("reboot-instance: done");
    expect(after.instances).toEqual([broken.instanceId]);
  });

  test("a terminated instance is replaced, with the data that its tenant had", async () => {
    const before = await inventory((await member(7)).slug);

    const { broken, rungs, row, after } = await healed(7, "a terminated instance", ({ instanceId }) =>
      ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] })),
    );

    expect(rungs).toEqual(["replace-instance: done"]);
    expect(after.instances).toEqual([row.resources.instanceId]);
    expect(after.instances).not.toEqual([broken.instanceId]);
    expect(after.dataVolumes).toEqual(before.dataVolumes);
  });
});
