import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  AttachVolumeCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DescribeVolumesCommand,
  ModifyInstanceAttributeCommand,
  RebootInstancesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import {
  AddTagsToResourceCommand,
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { secretReader, tunnelTokenParameter } from "../../../lambdas/common/names.ts";
import { adminCredentials } from "../../aws/ministack.ts";
import {
  makeTemplate,
  readConsole,
  region,
  startTestEc2,
  type TestEc2,
  templateData,
  untilState,
} from "../test-ec2.ts";
import type { MachineReport } from "./machine-room.ts";
import type { ConnectorCommand } from "./programs.ts";

/** Like a connector, it lives as long as nobody kills it, and says so on its metrics port. */
const standInConnector: ConnectorCommand = ({ metricsPort, tokenFile }) => [
  process.execPath,
  "--eval",
  `require("node:fs").accessSync(${JSON.stringify(tokenFile)});
   require("node:http").createServer((_, answer) => answer.end("ready")).listen(${metricsPort}, "127.0.0.1")`,
];

const generation = "01JEXAMPLE0000000000000000";
const keyOf = (slug: string) => ({ stage: "test", slug, generation });

let stage: TestEc2;

beforeAll(async () => {
  stage = await startTestEc2({
    connectorCommand: standInConnector,
    bootEnvironment: { BOOT_RETRY_SECONDS: "0.1" },
  });
});
// A machine that waits for its token asks for it ten times a second: none is left to the next test.
afterEach(() => stage.admin.reset());
afterAll(() => stage.close());

async function launch(slug: string, template = stage.launchTemplateId): Promise<string> {
  const tags = {
    "warren:slug": slug,
    "warren:generation": generation,
    "warren:hostname": `${slug}.example.test`,
  };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const command = new RunInstancesCommand({
    MinCount: 1,
    MaxCount: 1,
    SubnetId: stage.network.subnetA,
    LaunchTemplate: { LaunchTemplateId: template },
    TagSpecifications: [{ ResourceType: "instance", Tags }],
  });
  return (await stage.client.send(command)).Instances?.[0]?.InstanceId ?? "";
}

/** As create-tunnel and grant-secrets do. */
async function grantToken(slug: string, instanceId: string): Promise<void> {
  const Name = tunnelTokenParameter(keyOf(slug));
  await stage.ssm.send(new PutParameterCommand({ Name, Type: "SecureString", Value: `token-of-${slug}` }));
  const Tags = [{ Key: "reader", Value: secretReader(stage.roleId, instanceId) }];
  await stage.ssm.send(new AddTagsToResourceCommand({ ResourceType: "Parameter", ResourceId: Name, Tags }));
}

const findMachine = (instanceId: string): MachineReport | undefined =>
  stage.ec2.machines().find((one) => one.instanceId === instanceId);

function machineOf(instanceId: string): MachineReport {
  const machine = findMachine(instanceId);
  if (!machine)
    throw new Error(`${instanceId} does not run; those that do: ${JSON.stringify(stage.ec2.machines())}`);
  return machine;
}

const unitOf = (instanceId: string, name: string) =>
  machineOf(instanceId).units.find((unit) => unit.name === name);

const appUrl = (instanceId: string, path: string): string =>
  `http://127.0.0.1:${machineOf(instanceId).ports.app}${path}`;

const untilHealthy = (instanceId: string): Promise<void> =>
  vi.waitFor(async () => expect((await fetch(appUrl(instanceId, "/health"))).status).toBe(200), {
    timeout: 10_000,
    interval: 50,
  });

async function launchHealthy(slug: string): Promise<string> {
  const instanceId = await launch(slug);
  await grantToken(slug, instanceId);
  await untilState(stage.client, instanceId, "running");
  await untilHealthy(instanceId);
  return instanceId;
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function metadata(instanceId: string, path: string): Promise<{ status: number; text: string }> {
  const base = `http://127.0.0.1:${machineOf(instanceId).ports.metadata}`;
  const session = await fetch(`${base}/latest/api/token`, {
    method: "PUT",
    headers: { "x-aws-ec2-metadata-token-ttl-seconds": "60" },
  });
  const headers = { "x-aws-ec2-metadata-token": await session.text() };
  const answer = await fetch(`${base}/latest/${path}`, { headers });
  return { status: answer.status, text: await answer.text() };
}

async function credentialsOf(instanceId: string) {
  const { text } = await metadata(instanceId, `meta-data/iam/security-credentials/${stage.roleName}`);
  const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(text);
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
}

test("a machine boots to a healthy application that knows its tenant", async () => {
  const instanceId = await launchHealthy("boots");

  const identity = await fetch(appUrl(instanceId, "/identity")).then((answer) => answer.json());

  expect(identity).toEqual({ slug: "boots", generation, hostname: "boots.example.test", instanceId });
  expect(readFileSync(join(machineOf(instanceId).root, "run/tunnel-token"), "utf8")).toBe("token-of-boots");
});

test("the console shows each step and no secret", async () => {
  const instanceId = await launchHealthy("console");

  const console = await readConsole(stage, instanceId);
  const { secretAccessKey, sessionToken } = await credentialsOf(instanceId);

  const steps = console.split("\n").filter((line) => line.includes('"warren-boot"'));
  expect(steps.map((line) => JSON.parse(line).step)).toEqual(
    expect.arrayContaining(["identity", "tunnel-token", "warren-connector", "warren-app", "boot"]),
  );
  for (const secret of ["token-of-console", secretAccessKey, sessionToken])
    expect(console).not.toContain(secret);
});

test("the metadata service answers sessions only, with the instance's own data", async () => {
  const instanceId = await launch("metadata");
  await untilState(stage.client, instanceId, "running");
  const base = `http://127.0.0.1:${machineOf(instanceId).ports.metadata}/latest`;
  const read = async (path: string) => (await metadata(instanceId, path)).text;

  expect((await fetch(`${base}/meta-data/instance-id`)).status).toBe(401);
  expect((await fetch(`${base}/api/token`, { method: "PUT" })).status).toBe(400);
  expect(await read("meta-data/instance-id")).toBe(instanceId);
  expect(await read("meta-data/placement/availability-zone")).toBe(`${region}a`);
  expect(await read("meta-data/local-ipv4")).toMatch(/^10\.20\.1\./);
  expect(await read("meta-data/tags/instance/warren:slug")).toBe("metadata");
  expect(await read("meta-data/iam/security-credentials/")).toBe(stage.roleName);
  expect(JSON.parse(await read("dynamic/instance-identity/document"))).toMatchObject({ instanceId, region });
  expect((await metadata(instanceId, "meta-data/nothing")).status).toBe(404);
});

test("a tag set while the machine runs appears in its metadata service", async () => {
  const instanceId = await launch("tagged");
  await untilState(stage.client, instanceId, "running");

  const Tags = [{ Key: "warren:channel", Value: "beta" }];
  await stage.client.send(new CreateTagsCommand({ Resources: [instanceId], Tags }));

  const read = () => metadata(instanceId, "meta-data/tags/instance/warren:channel");
  await expect.poll(read).toEqual({ status: 200, text: "beta" });
});

test("a machine reads its own parameter and nobody else's", async () => {
  const [own, other] = await Promise.all([launchHealthy("own"), launchHealthy("other")]);
  const ssm = new SSMClient({
    region,
    endpoint: stage.ministack.url,
    credentials: await credentialsOf(own),
  });
  const read = (slug: string) =>
    ssm.send(new GetParameterCommand({ Name: tunnelTokenParameter(keyOf(slug)), WithDecryption: true }));

  await expect(read("own")).resolves.toMatchObject({ Parameter: { Value: "token-of-own" } });
  await expect(read("other")).rejects.toMatchObject({ name: "AccessDeniedException" });
  expect(other).not.toBe(own);
});

test("an instance without a profile has no credentials", async () => {
  const { IamInstanceProfile: _, ...data } = templateData(stage.network, stage.roleName);
  const instanceId = await launch("nobody", await makeTemplate(stage.client, "without-profile", data));
  await untilState(stage.client, instanceId, "running");

  const answer = await metadata(instanceId, "meta-data/iam/security-credentials/");

  expect(answer.status).toBe(404);
});

test("a killed connector is started again", async () => {
  const instanceId = await launchHealthy("killed-connector");
  const before = unitOf(instanceId, "warren-connector")?.pid ?? 0;

  process.kill(before, "SIGKILL");

  await vi.waitFor(
    () => expect(unitOf(instanceId, "warren-connector")).toMatchObject({ state: "active", restarts: 1 }),
    { timeout: 5_000 },
  );
  expect(unitOf(instanceId, "warren-connector")?.pid).not.toBe(before);
});

test("data survives stop and start, reboot, and the machine's replacement", async () => {
  const instanceId = await launchHealthy("data");
  const place = { AvailabilityZone: `${region}a`, Size: 1 };
  const { VolumeId = "" } = await stage.client.send(new CreateVolumeCommand(place));
  await vi.waitFor(async () => {
    const { Volumes } = await stage.client.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }));
    expect(Volumes?.[0]?.State).toBe("available");
  });
  const attachTo = (InstanceId: string) =>
    stage.client.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: "/dev/sdf" }));
  const read = (id: string) => fetch(appUrl(id, "/data/ledger")).then((answer) => answer.text());
  await attachTo(instanceId);
  const bootedBefore = machineOf(instanceId).pid;

  await fetch(appUrl(instanceId, "/data/ledger"), { method: "POST", body: "42" });
  await stage.client.send(new RebootInstancesCommand({ InstanceIds: [instanceId] }));
  await expect
    .poll(() => findMachine(instanceId)?.pid ?? bootedBefore, { timeout: 5_000 })
    .not.toBe(bootedBefore);
  await untilHealthy(instanceId);
  expect(await read(instanceId)).toBe("42");

  await stage.client.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
  await untilState(stage.client, instanceId, "stopped");
  await stage.client.send(new StartInstancesCommand({ InstanceIds: [instanceId] }));
  await untilState(stage.client, instanceId, "running");
  await untilHealthy(instanceId);
  expect(await read(instanceId)).toBe("42");

  await stage.client.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  await untilState(stage.client, instanceId, "terminated");
  const successor = await launchHealthy("data-successor");
  await attachTo(successor);
  expect(await read(successor)).toBe("42");
});

test("termination ends the machine's processes and takes its role's copy away", async () => {
  const instanceId = await launchHealthy("terminated");
  const { pid, units, root } = machineOf(instanceId);
  const copy = new GetRoleCommand({ RoleName: `local-${instanceId}` });
  await stage.iam.send(copy);

  await stage.client.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  await untilState(stage.client, instanceId, "terminated");

  expect([pid, ...units.map((unit) => unit.pid ?? 0)].filter(isAlive)).toEqual([]);
  expect(findMachine(instanceId)).toBeUndefined();
  expect(existsSync(root)).toBe(false);
  await expect(stage.iam.send(copy)).rejects.toMatchObject({ name: "NoSuchEntityException" });
});

test.each(["stop", "terminate"] as const)(
  "a machine killed by hand has powered itself off: %s",
  async (behaviour) => {
    const instanceId = await launchHealthy(`killed-${behaviour}`);
    const Value = { Value: behaviour };
    await stage.client.send(
      new ModifyInstanceAttributeCommand({
        InstanceId: instanceId,
        InstanceInitiatedShutdownBehavior: Value,
      }),
    );

    process.kill(-machineOf(instanceId).pid, "SIGKILL");

    const instance = await untilState(
      stage.client,
      instanceId,
      behaviour === "stop" ? "stopped" : "terminated",
    );
    expect(instance.StateReason?.Code).toBe("Client.InstanceInitiatedShutdown");
  },
);

test("machines end with the stage, even when it is killed", async () => {
  const program = `
    import { RunInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
    import { startEc2 } from "${new URL("../ec2.ts", import.meta.url)}";
    const access = { region: "${region}", credentials: ${JSON.stringify(adminCredentials)} };
    const ec2 = await startEc2({
      ...access,
      ministackUrl: "${stage.ministack.url}",
      edge: { address: "127.0.0.1:9", caFile: "/nonexistent" },
      stateDir: "${stage.directory}/killed-state",
      logDir: "${stage.directory}/killed-logs",
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
  const wasAlive = isAlive(pid);

  killed.kill("SIGKILL");
  await killed;

  expect(wasAlive).toBe(true);
  await expect.poll(() => isAlive(pid), { timeout: 8_000 }).toBe(false);
});
