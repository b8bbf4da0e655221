import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  ModifyInstanceAttributeCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { execa } from "execa";
import getPort from "get-port";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { secretParameter } from "../../../core/tenant/names.ts";
import {
  describeInstance,
  makeTemplate,
  templateData,
  untilState,
} from "../../../test/support/ec2/test-ec2.ts";
import {
  keyOf,
  namespaceTrouble,
  running,
  secretOf,
  TestMachines,
} from "../../../test/support/ec2/test-machines.ts";
import { hostRoute, nobodysAddress } from "./host-route.ts";
import { NamespaceIsolation } from "./namespace-isolation.ts";

const trouble = await namespaceTrouble();
const title = "machines in network namespaces";

/** Answers with its name on every address, as a program does that somebody forgot to bind to loopback. */
const careless = (name: string, port: number): string[] => [
  process.execPath,
  "--eval",
  `require("node:http").createServer((_, answer) => answer.end("${name}")).listen(${port}, "0.0.0.0")`,
];

describe.skipIf(trouble)(trouble ? `skipped, as ${trouble}: ${title}` : title, () => {
  let machines: TestMachines;
  let [a, b] = ["", ""];
  let addressOfB = "";

  const addressOf = async (instanceId: string): Promise<string> =>
    (await describeInstance(machines.stage.client, instanceId)).PrivateIpAddress ?? "";
  const routerNamespace = (): string => machines.of(a).namespace?.replace(/-i-.*/, "-router") ?? "";

  async function listenOn(instanceId: string, port: number): Promise<void> {
    void machines.inside(instanceId, careless(instanceId, port));
    const own = () => machines.request(instanceId, `http://127.0.0.1:${port}`);
    await vi.waitUntil(async () => (await own()).text === instanceId, { timeout: 5_000 });
  }

  beforeAll(async () => {
    machines = await TestMachines.start("namespace");
    [a, b] = await Promise.all([machines.launchHealthy("alpha"), machines.launchHealthy("beta")]);
    addressOfB = await addressOf(b);
  });
  afterAll(() => machines.stage.close());

  test("have a port 8080 and a metadata service each", async () => {
    const answers = await Promise.all(
      [a, b].map(async (machine) => [
        JSON.parse((await machines.request(machine, "http://localhost:8080/identity")).text).instanceId,
        (await machines.metadata(machine, "meta-data/instance-id")).text,
      ]),
    );

    expect(answers).toEqual([
      [a, a],
      [b, b],
    ]);
    expect(machines.of(a).metadataUrl).toBe("http://169.254.169.254:80");
  });

  test("are not reached by each other, whatever listens there", async () => {
    await listenOn(b, 9090);

    for (const port of [80, 8080, 8081, 9090]) {
      const answer = await machines.request(a, `http://${addressOfB}:${port}`);
      expect(answer, `port ${port}`).toEqual({ status: 0, text: "" });
    }
  });

  test("are not reached from this computer", async () => {
    const port = await getPort();
    await listenOn(a, port);

    const { stdout } = await execa("curl", ["-s", "-m", "1", `http://127.0.0.1:${port}`], { reject: false });
    expect(stdout).toBe("");
    expect(await hostRoute(await addressOf(a))).toBe(await hostRoute(nobodysAddress));
  });

  test("do not read each other's secrets", async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = await machines.credentials(a);
    const read = (name: string) =>
      machines.request(
        ...([a, "http://198.51.100.1:443/", "--user", `${accessKeyId}:${secretAccessKey}`] as const),
        ...["--aws-sigv4", "aws:amz:eu-central-1:ssm", "--header", `X-Amz-Security-Token: ${sessionToken}`],
        ...["--header", "Content-Type: application/x-amz-json-1.1"],
        ...["--header", "X-Amz-Target: AmazonSSM.GetParameter"],
        ...["--data", JSON.stringify({ Name: name, WithDecryption: true })],
      );

    const own = await read(secretParameter(keyOf("alpha"), "admin-token"));
    const other = await read(secretParameter(keyOf("beta"), "admin-token"));

    expect(own.text).toContain(secretOf("alpha", "admin-token"));
    expect(other.status).toBe(400);
    expect(other.text).toContain("AccessDenied");
    expect(other.text).not.toContain(secretOf("beta", "admin-token"));
  });

  test("reach nothing outside but what their group allows", async () => {
    const port = 8443;
    const neighbour = execa("ip", ["netns", "exec", routerNamespace(), ...careless("neighbour", port)], {
      reject: false,
    });
    const fromRouter = ["netns", "exec", routerNamespace(), "curl", "-s", `http://198.51.100.1:${port}`];
    await vi.waitUntil(
      async () => (await execa("ip", fromRouter, { reject: false })).stdout === "neighbour",
      {
        timeout: 5_000,
      },
    );

    const allowed = await machines.request(a, "http://198.51.100.1:443/_ministack/health");
    const forbidden = await machines.request(a, `http://198.51.100.1:${port}`);
    const internet = await machines.request(a, `https://${nobodysAddress}`);
    neighbour.kill();

    expect(allowed.status).toBe(200);
    expect(forbidden.status).toBe(0);
    expect(internet.status).toBe(0);
  });

  test("cannot take another machine's address", async () => {
    await machines.inside(a, ["ip", "address", "add", `${addressOfB}/32`, "dev", "eth0"]);
    const request = (...options: string[]) =>
      machines.request(a, "http://198.51.100.1:443/_ministack/health", ...options);

    const asItself = await request("--interface", await addressOf(a));
    const asB = await request("--interface", addressOfB);

    expect(asItself.status).toBe(200);
    expect(asB.status).toBe(0);
  });

  test("are open as far as a group says so", async () => {
    const { client, network, roleName } = machines.stage;
    const group = { VpcId: network.vpcId, GroupName: "open", Description: "one way in" };
    const { GroupId = "" } = await client.send(new CreateSecurityGroupCommand(group));
    const range = { FromPort: 9000, ToPort: 9001, IpRanges: [{ CidrIp: "10.20.0.0/16" }] };
    const IpPermissions = [{ IpProtocol: "tcp", ...range }];
    await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    const data = { ...templateData(network, roleName), SecurityGroupIds: [GroupId] };
    const template = await makeTemplate(client, "open", data);
    const [one, two] = await Promise.all([
      machines.launch("one", template),
      machines.launch("two", template),
    ]);
    await Promise.all([one, two].map((machine) => untilState(client, machine, "running")));
    await Promise.all([9001, 9002].map((port) => listenOn(two, port)));
    const ask = async (port: number) => machines.request(one, `http://${await addressOf(two)}:${port}`);

    expect(await ask(9001)).toEqual({ status: 200, text: two });
    expect((await ask(9002)).status).toBe(0);

    const Groups = [network.groupId];
    await client.send(new ModifyInstanceAttributeCommand({ InstanceId: two, Groups }));
    expect((await ask(9001)).status, "after its group was changed").toBe(0);
  });

  test("end with all their programs, even those that left the process group", async () => {
    const machine = await machines.launch("daemon");
    await untilState(machines.stage.client, machine, "running");
    const { stdout } = await machines.inside(machine, [
      ...["bash", "-c", "setsid sleep 300 </dev/null >/dev/null 2>&1 & echo $!"],
    ]);
    const before = await running(Number(stdout));

    await machines.stage.client.send(new TerminateInstancesCommand({ InstanceIds: [machine] }));
    await untilState(machines.stage.client, machine, "terminated");

    expect(before).toEqual([expect.stringContaining("sleep 300")]);
    await expect.poll(() => running(Number(stdout))).toEqual([]);
  });

  test("of a killed stage are removed when the next one starts, those of others are not", async () => {
    // No process has this id: it is above the kernel's highest, 2 to the power of 22.
    const leftOver = "warren-4194305-1-1-i-0123456789abcdef0";
    await execa("ip", ["netns", "add", leftOver]);

    const servers = { awsUrl: "http://127.0.0.1:9", edgeAddress: "127.0.0.1:9" };
    const next = await NamespaceIsolation.open({
      servers,
      tools: { ip: "ip", nft: "nft" },
      readGroups: async () => [],
    });
    await next.close();

    const { stdout } = await execa("ip", ["netns", "list"]);
    expect(stdout).not.toContain(leftOver);
    expect(stdout).toContain(machines.of(a).namespace);
  });
});
