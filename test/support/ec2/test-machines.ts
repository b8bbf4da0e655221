// Machines for tests, of either kind: launched as the control plane does it, and asked from inside, where they answer.
import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DescribeVolumesCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { AddTagsToResourceCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { execa } from "execa";
import { vi } from "vitest";
import { dataDevice, instanceTagsOf } from "../../../core/machine/machine-contract.ts";
import { secretNames, secretParameter, secretReader, type TenantKey } from "../../../core/tenant/names.ts";
import { tagKeys } from "../../../core/tenant/tags.ts";
import { chooseIsolation } from "../../../local/ec2/isolation/choose-isolation.ts";
import type { IsolationMode } from "../../../local/ec2/isolation/isolation.ts";
import type { ConnectorCommand } from "../../../local/ec2/machine/connectors.ts";
import type { MachineReport } from "../../../local/ec2/machine/machine-manager.ts";
import { region } from "../test-ministack.ts";
import { startTestEc2, type TestEc2, untilState } from "./test-ec2.ts";

export const generation = "01JQZ0000000000000000MACHN";
export const keyOf = (slug: string): TenantKey => ({ stage: "test", slug, generation });
export const secretOf = (slug: string, secret = "tunnel-token"): string => `${secret}-of-${slug}`;

/** Why there are no machines in namespaces here; undefined if there are. */
export const namespaceTrouble = async (): Promise<string | undefined> => {
  const servers = { awsUrl: "http://127.0.0.1:9", edgeAddress: "127.0.0.1:9" };
  const isolation = await chooseIsolation(undefined, { servers, readGroups: async () => [] });
  await isolation.close();
  return isolation.mode === "process" ? isolation.reason : undefined;
};

/** Like a connector, it lives as long as nobody kills it, and says so on its metrics port. */
const standInConnector: ConnectorCommand = ({ metricsPort, tokenFile }) => [
  process.execPath,
  "--eval",
  `require("node:fs").accessSync(${JSON.stringify(tokenFile)});
   require("node:http").createServer((_, answer) => answer.end("ready")).listen(${metricsPort}, "127.0.0.1")`,
];

export class TestMachines {
  readonly stage: TestEc2;

  private constructor(stage: TestEc2) {
    this.stage = stage;
  }

  static async start(
    isolation: IsolationMode,
    bootEnvironment: Record<string, string> = { BOOT_RETRY_MILLISECONDS: "100" },
  ): Promise<TestMachines> {
    return new TestMachines(
      await startTestEc2({ isolation, connectorCommand: standInConnector, bootEnvironment }),
    );
  }

  /** @returns the instance's id */
  async launch(slug: string, template = this.stage.launchTemplateId): Promise<string> {
    const tags = instanceTagsOf(keyOf(slug), `${slug}.example.test`);
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const command = new RunInstancesCommand({
      MinCount: 1,
      MaxCount: 1,
      SubnetId: this.stage.network.subnetA,
      LaunchTemplate: { LaunchTemplateId: template },
      TagSpecifications: [{ ResourceType: "instance", Tags }],
    });
    return (await this.stage.client.send(command)).Instances?.[0]?.InstanceId ?? "";
  }

  /** As create-tunnel, create-secrets and grant-secrets do. */
  async grantSecrets(slug: string, instanceId: string): Promise<void> {
    const { ssm, roleId } = this.stage;
    const Tags = [{ Key: tagKeys.reader, Value: secretReader(roleId, instanceId) }];
    for (const secret of secretNames) {
      const Name = secretParameter(keyOf(slug), secret);
      await ssm.send(
        new PutParameterCommand({
          Name,
          Type: "SecureString",
          Value: secretOf(slug, secret),
          Overwrite: true,
        }),
      );
      await ssm.send(new AddTagsToResourceCommand({ ResourceType: "Parameter", ResourceId: Name, Tags }));
    }
  }

  /** @returns the volume's id, once it can be attached */
  async createVolume(): Promise<string> {
    const { client } = this.stage;
    const place = { AvailabilityZone: `${region}a`, Size: 1 };
    const { VolumeId = "" } = await client.send(new CreateVolumeCommand(place));
    const state = async () =>
      (await client.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }))).Volumes?.[0]?.State;
    await vi.waitUntil(async () => (await state()) === "available");
    return VolumeId;
  }

  async attach(VolumeId: string, InstanceId: string): Promise<void> {
    await this.stage.client.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: dataDevice }));
  }

  /** With its secrets and a data volume, until its application answers. @returns the instance's id */
  async launchHealthy(slug: string, volume?: string): Promise<string> {
    const instanceId = await this.launch(slug);
    await this.grantSecrets(slug, instanceId);
    await untilState(this.stage.client, instanceId, "running");
    await this.attach(volume ?? (await this.createVolume()), instanceId);
    await this.untilHealthy(instanceId);
    return instanceId;
  }

  untilHealthy = (instanceId: string): Promise<void> =>
    vi.waitFor(
      async () => {
        const { status, text } = await this.app(instanceId, "/health");
        if (status !== 200) throw new Error(`/health of ${instanceId} answers ${status}: ${text}`);
      },
      { timeout: 15_000, interval: 50 },
    );

  find = (instanceId: string): MachineReport | undefined =>
    this.stage.ec2.machines().find((one) => one.instanceId === instanceId);

  /** @throws Error with those that run */
  of(instanceId: string): MachineReport {
    const machine = this.find(instanceId);
    if (machine) return machine;
    const others = this.stage.ec2.machines().map((one) => one.instanceId);
    throw new Error(`${instanceId} does not run; those that do: ${others.join(", ")}`);
  }

  unit = (instanceId: string, name: string) => this.of(instanceId).units.find((unit) => unit.name === name);

  /** Runs a program where the machine's own run. */
  inside(instanceId: string, command: string[]) {
    const { namespace } = this.of(instanceId);
    const [program = "", ...parameters] =
      namespace === undefined ? command : ["ip", "netns", "exec", namespace, ...command];
    return execa(program, parameters, { reject: false });
  }

  /** A request from inside the machine; status 0 if nobody answers within two seconds. */
  async request(instanceId: string, url: string, ...options: string[]) {
    const curl = ["curl", "--silent", "--max-time", "2", "--write-out", "\n%{http_code}"];
    const { stdout } = await this.inside(instanceId, [...curl, ...options, url]);
    const end = stdout.lastIndexOf("\n");
    return { status: Number(stdout.slice(end + 1)), text: stdout.slice(0, end) };
  }

  app = (instanceId: string, path: string, ...options: string[]) =>
    this.request(instanceId, `http://127.0.0.1:${this.of(instanceId).ports.app}${path}`, ...options);

  /** Through a session of the machine's own metadata service. */
  async metadata(instanceId: string, path: string): Promise<{ status: number; text: string }> {
    const base = `${this.of(instanceId).metadataUrl}/latest`;
    const lifetime = ["--request", "PUT", "--header", "x-aws-ec2-metadata-token-ttl-seconds: 60"];
    const { text } = await this.request(instanceId, `${base}/api/token`, ...lifetime);
    return this.request(instanceId, `${base}/${path}`, "--header", `x-aws-ec2-metadata-token: ${text}`);
  }

  /** The instance role's, as a program on the machine gets them. */
  async credentials(instanceId: string) {
    const path = `meta-data/iam/security-credentials/${this.stage.roleName}`;
    const { AccessKeyId, SecretAccessKey, Token } = JSON.parse((await this.metadata(instanceId, path)).text);
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
  }
}

/** Those of the processes that run; one that has ended, and that nobody has asked about yet, does not. */
export const running = async (...pids: (number | undefined)[]): Promise<string[]> => {
  const { stdout } = await execa("ps", ["-o", "pid=,stat=,args=", "-p", pids.join()], { reject: false });
  return stdout.split("\n").filter((line) => /^ *\d+ +[^Z]/.test(line));
};
