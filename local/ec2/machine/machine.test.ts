import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateTagsCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DisassociateIamInstanceProfileCommand,
  ModifyInstanceAttributeCommand,
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { consoleLine } from "../../../core/machine/machine-contract.ts";
import { secretNames, tunnelTokenParameter } from "../../../core/tenant/names.ts";
import { makeTemplate, readConsole, templateData, untilState } from "../../../test/support/ec2/test-ec2.ts";
import {
  generation,
  keyOf,
  namespaceTrouble,
  running,
  secretOf,
  TestMachines,
} from "../../../test/support/ec2/test-machines.ts";
import { region } from "../../../test/support/test-ministack.ts";

const trouble = await namespaceTrouble();

describe.each([
  { mode: "process", name: "a machine that is processes", skipped: false },
  {
    mode: "namespace",
    name: trouble ? `skipped, as ${trouble}: a machine in a namespace` : "a machine in a network namespace",
    skipped: trouble !== undefined,
  },
] as const)("$name", ({ mode, skipped }) => {
  describe.skipIf(skipped)("lives as on EC2", () => {
    let machines: TestMachines;
    let stage: TestMachines["stage"];

    beforeAll(async () => {
      machines = await TestMachines.start(mode);
      stage = machines.stage;
    });
    // A machine that waits for its secrets asks for them ten times a second: none is left to the next test.
    afterEach(() => stage.admin.reset());
    afterAll(() => stage.close());

    test("boots to a healthy application that knows its tenant", async () => {
      const instanceId = await machines.launchHealthy("boots");

      const identity = JSON.parse((await machines.app(instanceId, "/identity")).text);

      expect(machines.of(instanceId).isolation).toBe(mode);
      expect(identity).toMatchObject({
        slug: "boots",
        generation,
        instanceId,
        hostname: "boots.example.test",
      });
      for (const secret of secretNames)
        expect(readFileSync(join(machines.of(instanceId).root, "run", secret), "utf8")).toBe(
          secretOf("boots", secret),
        );
    });

    test("shows each step on its console, and no secret", async () => {
      const instanceId = await machines.launchHealthy("console");

      await vi.waitUntil(async () => (await readConsole(stage, instanceId)).includes('"boot"'), 10_000);
      const console = await readConsole(stage, instanceId);
      const { secretAccessKey, sessionToken } = await machines.credentials(instanceId);

      const lines = console.split("\n").filter((line) => line.includes('"warren-boot"'));
      const steps = lines.map((line) => consoleLine.parse(JSON.parse(line)));
      expect(steps.at(-1)).toMatchObject({ step: "boot", outcome: "finished" });
      const secrets = secretNames.map((secret) => secretOf("console", secret));
      for (const secret of [...secrets, secretAccessKey, sessionToken]) expect(console).not.toContain(secret);
    });

    test("answers metadata in sessions only, and its own instance's", async () => {
      const instanceId = await machines.launch("metadata");
      await untilState(stage.client, instanceId, "running");
      const base = `${machines.of(instanceId).metadataUrl}/latest`;
      const read = async (path: string) => (await machines.metadata(instanceId, path)).text;

      const withoutSession = await machines.request(instanceId, `${base}/meta-data/instance-id`);
      const withoutLifetime = await machines.request(instanceId, `${base}/api/token`, "--request", "PUT");

      expect(withoutSession.status).toBe(401);
      expect(withoutLifetime.status).toBe(400);
      expect(await read("meta-data/instance-id")).toBe(instanceId);
      expect(await read("meta-data/placement/availability-zone")).toBe(`${region}a`);
      expect(await read("meta-data/local-ipv4")).toMatch(/^10\.20\.1\./);
      expect(await read("meta-data/tags/instance/warren:slug")).toBe("metadata");
      expect(await read("meta-data/iam/security-credentials/")).toBe(stage.roleName);
      const document = JSON.parse(await read("dynamic/instance-identity/document"));
      expect(document).toMatchObject({ instanceId, region });
      expect((await machines.metadata(instanceId, "meta-data/nothing")).status).toBe(404);
    });

    test("learns of a tag that is set while it runs", async () => {
      const instanceId = await machines.launch("tagged");
      await untilState(stage.client, instanceId, "running");

      const Tags = [{ Key: "warren:channel", Value: "beta" }];
      await stage.client.send(new CreateTagsCommand({ Resources: [instanceId], Tags }));

      const read = () => machines.metadata(instanceId, "meta-data/tags/instance/warren:channel");
      await expect.poll(read).toEqual({ status: 200, text: "beta" });
    });

    test("reads its own parameters and nobody else's", async () => {
      const [own] = await Promise.all([machines.launchHealthy("own"), machines.launchHealthy("other")]);
      const ssm = new SSMClient({
        region,
        endpoint: stage.aws.url,
        credentials: await machines.credentials(own),
      });
      const read = (slug: string) =>
        ssm.send(new GetParameterCommand({ Name: tunnelTokenParameter(keyOf(slug)), WithDecryption: true }));

      await expect(read("own")).resolves.toMatchObject({ Parameter: { Value: secretOf("own") } });
      await expect(read("other")).rejects.toMatchObject({ name: "AccessDeniedException" });
    });

    test("has no credentials without an instance profile", async () => {
      const { IamInstanceProfile: _, ...data } = templateData(stage.network, stage.roleName);
      const template = await makeTemplate(stage.client, "without-profile", data);
      const instanceId = await machines.launch("nobody", template);
      await untilState(stage.client, instanceId, "running");

      const answer = await machines.metadata(instanceId, "meta-data/iam/security-credentials/");

      expect(answer.status).toBe(404);
    });

    test("loses its credentials with its instance profile", async () => {
      const instanceId = await machines.launch("disassociated");
      await untilState(stage.client, instanceId, "running");
      const before = await machines.metadata(instanceId, "meta-data/iam/security-credentials/");
      const Filters = [{ Name: "instance-id", Values: [instanceId] }];
      const { IamInstanceProfileAssociations } = await stage.client.send(
        new DescribeIamInstanceProfileAssociationsCommand({ Filters }),
      );
      const AssociationId = IamInstanceProfileAssociations?.[0]?.AssociationId;

      await stage.client.send(new DisassociateIamInstanceProfileCommand({ AssociationId }));

      const answer = () => machines.metadata(instanceId, "meta-data/iam/security-credentials/");
      expect(before.text).toBe(stage.roleName);
      await expect.poll(answer, { timeout: 5_000 }).toMatchObject({ status: 404 });
    });

    test("starts a killed connector again", async () => {
      const instanceId = await machines.launchHealthy("killed-connector");
      const before = machines.unit(instanceId, "warren-connector")?.pid ?? 0;

      process.kill(before, "SIGKILL");

      const connector = () => machines.unit(instanceId, "warren-connector");
      await expect.poll(connector, { timeout: 5_000 }).toMatchObject({ state: "active", restarts: 1 });
      expect(connector()?.pid).not.toBe(before);
    });

    test("keeps its data through stop and start, reboot, and its replacement", async () => {
      const volume = await machines.createVolume();
      const instanceId = await machines.launchHealthy("data", volume);
      const read = async (id: string) => (await machines.app(id, "/data/ledger")).text;
      const bootedBefore = machines.of(instanceId).pid;

      await machines.app(instanceId, "/data/ledger", "--data", "42");
      await stage.client.send(new RebootInstancesCommand({ InstanceIds: [instanceId] }));
      await vi.waitUntil(() => (machines.find(instanceId)?.pid ?? bootedBefore) !== bootedBefore, 5_000);
      await machines.untilHealthy(instanceId);
      expect(await read(instanceId)).toBe("42");

      await stage.client.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
      await untilState(stage.client, instanceId, "stopped");
      await stage.client.send(new StartInstancesCommand({ InstanceIds: [instanceId] }));
      await untilState(stage.client, instanceId, "running");
      await machines.untilHealthy(instanceId);
      expect(await read(instanceId)).toBe("42");

      await stage.client.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
      await untilState(stage.client, instanceId, "terminated");
      const successor = await machines.launchHealthy("data", volume);
      expect(await read(successor)).toBe("42");
    });

    test("leaves no process, no network and no copy of its role when it is terminated", async () => {
      const instanceId = await machines.launchHealthy("terminated");
      const { pid, units, root } = machines.of(instanceId);
      const copy = new GetRoleCommand({ RoleName: `local-${instanceId}` });
      await stage.iam.send(copy);

      await stage.client.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
      await untilState(stage.client, instanceId, "terminated");

      expect(await running(pid, ...units.map((unit) => unit.pid))).toEqual([]);
      expect(machines.find(instanceId)).toBeUndefined();
      expect(existsSync(root)).toBe(false);
      if (mode === "namespace")
        expect((await execa("ip", ["netns", "list"])).stdout).not.toContain(instanceId);
      await expect(stage.iam.send(copy)).rejects.toMatchObject({ name: "NoSuchEntityException" });
    });

    test.each(["stop", "terminate"] as const)(
      "has powered itself off when it is killed by hand: %s",
      async (behaviour) => {
        const instanceId = await machines.launchHealthy(`killed-${behaviour}`);
        const InstanceInitiatedShutdownBehavior = { Value: behaviour };
        await stage.client.send(
          new ModifyInstanceAttributeCommand({ InstanceId: instanceId, InstanceInitiatedShutdownBehavior }),
        );

        process.kill(-machines.of(instanceId).pid, "SIGKILL");

        const state = behaviour === "stop" ? "stopped" : "terminated";
        const instance = await untilState(stage.client, instanceId, state);
        expect(instance.StateReason?.Code).toBe("Client.InstanceInitiatedShutdown");
      },
    );

    test("ends with its stage, even when that is killed", async () => {
      const program = `
        import { RunInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
        import { startEc2 } from "${new URL("../ec2.ts", import.meta.url)}";
        const access = { region: "${region}", credentials: ${JSON.stringify(stage.aws.client.credentials)} };
        const ec2 = await startEc2({
          ...access,
          ministackUrl: "${stage.aws.url}",
          edge: { address: "127.0.0.1:9", caFile: "/nonexistent" },
          stateDir: "${stage.directory}/killed-state",
          logDir: "${stage.directory}/killed-logs",
          isolation: "${mode}",
        });
        const launch = { MinCount: 1, MaxCount: 1, SubnetId: "${stage.network.subnetA}" };
        const LaunchTemplate = { LaunchTemplateId: "${stage.launchTemplateId}" };
        await new EC2Client({ ...access, endpoint: ec2.url }).send(new RunInstancesCommand({ ...launch, LaunchTemplate }));
        const timer = setInterval(() => {
          const [machine] = ec2.machines();
          if (machine) { console.log(machine.pid); clearInterval(timer); }
        }, 20);
      `;
      const killed = execa(process.execPath, ["--input-type=module", "--eval", program], { reject: false });
      const pid = await new Promise<number>((resolve) =>
        killed.stdout.once("data", (text) => resolve(Number(text))),
      );
      const before = await running(pid);

      killed.kill("SIGKILL");
      await killed;

      expect(before).toHaveLength(1);
      await expect.poll(() => running(pid), { timeout: 8_000 }).toEqual([]);
    });
  });
});
