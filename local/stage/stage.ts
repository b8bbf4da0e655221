// The whole system on one machine: local AWS, local machines and local Cloudflare, and the CDK app deployed to them.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ensureMinistack, isMinistackInstalled, startMinistack } from "../aws/ministack.ts";
import { startCloudflare } from "../cloudflare/cloudflare.ts";
import { type Ec2, startEc2 } from "../ec2/ec2.ts";
import { type AdminAccess, adminAccess } from "./admin-access.ts";
import { type ApiClient, apiClient } from "./api-client.ts";
import { bootstrap, type CdkTarget, deploy, type StackOutputs, synthesise } from "./cdk.ts";
import { type EndpointVariables, endpointVariables } from "./endpoints.ts";
import type { StagePorts } from "./ports.ts";
import { checkPrerequisites } from "./prerequisites.ts";
import { cloudflareApiToken, storeApiToken } from "./secrets.ts";

/** What the stage needs to know of its configuration. */
export interface StageConfig {
  region: string;
  baseDomain: string;
  cloudflare: { accountId: string; zoneId: string; apiTokenParameter: string };
  machine: { healthPath: string };
}

export interface StageOptions {
  config: StageConfig;
  /** Logs, certificates, volumes and the cloud assembly; what an earlier run left there is removed. */
  directory: string;
  ports: StagePorts;
  /** An AWS endpoint that the user runs, with `endpoints` in its environment, instead of our MiniStack. */
  awsUrl?: string | undefined;
}

/** A part of the start, as a progress display shows it. */
export interface StageStep {
  title: string;
  run(): Promise<unknown>;
}

export class LocalStage {
  readonly config: StageConfig;
  readonly aws: AdminAccess;
  readonly endpoints: EndpointVariables;
  /** Where it keeps all that it writes; removed by the next start. */
  readonly directory: string;
  readonly logDirectory: string;
  readonly #options: StageOptions;
  readonly #cdk: CdkTarget;
  readonly #stops: (() => unknown)[] = [];
  #starting: Promise<void> | undefined;
  #ec2: Ec2 | undefined;
  #outputs: StackOutputs = {};

  constructor(options: StageOptions) {
    this.#options = options;
    this.config = options.config;
    this.aws = adminAccess(options.awsUrl ?? `http://127.0.0.1:${options.ports.aws}`, this.config.region);
    this.endpoints = endpointVariables(options.ports);
    this.directory = options.directory;
    this.logDirectory = join(options.directory, "logs");
    this.#cdk = { aws: this.aws, directory: options.directory };
  }

  /** The groups run one after the other, the steps of a group at the same time. */
  steps(): StageStep[][] {
    return [
      [{ title: this.#firstTitle(), run: () => this.#prepare() }],
      [
        {
          title: "Start AWS, the machines, Cloudflare and its edge; bootstrap",
          run: () => {
            this.#starting = this.#startClouds();
            return this.#starting;
          },
        },
        { title: "Synthesise the CDK app", run: () => synthesise(this.#cdk) },
      ],
      [{ title: "Deploy the CDK app", run: () => this.#deploy() }],
    ];
  }

  async start(): Promise<this> {
    for (const group of this.steps()) await Promise.all(group.map((step) => step.run()));
    return this;
  }

  get api(): ApiClient {
    return apiClient(this.apiUrl, this.aws);
  }

  /** The emulator serves every HTTP API below one path of its own. */
  get apiUrl(): string {
    return `${this.aws.endpoint}/_aws/execute-api/${this.output("ApiId")}/$default`;
  }

  /** What its machines are, in words; empty before they are there. */
  get machines(): string {
    return this.#ec2 ? describeMachines(this.#ec2) : "";
  }

  get isolation(): Ec2["isolation"] | undefined {
    return this.#ec2?.isolation;
  }

  /** Of all stacks. */
  get outputs(): Record<string, string> {
    return Object.assign({}, ...Object.values(this.#outputs));
  }

  /** @throws Error with the outputs there are */
  output(name: string): string {
    const value = this.outputs[name];
    if (value !== undefined) return value;
    throw new Error(`No stack has the output ${name}; there are ${Object.keys(this.outputs).join(", ")}`);
  }

  /** Stops what was started, the last first; safe to call at any time and again. */
  async stop(): Promise<void> {
    // What is half started can be stopped only once it is up, or has failed.
    await this.#starting?.catch(() => undefined);
    for (const stop of this.#stops.splice(0).reverse()) await stop();
  }

  /** Of the one step that takes longer the first time. */
  #firstTitle(): string {
    return this.#options.awsUrl || isMinistackInstalled()
      ? "Prepare MiniStack, the local AWS"
      : "Install MiniStack, the local AWS, with what it needs (once)";
  }

  async #prepare(): Promise<void> {
    await checkPrerequisites();
    const { directory, awsUrl } = this.#options;
    for (const left of ["logs", "machines", "cdk.out"])
      await rm(join(directory, left), { recursive: true, force: true });
    if (!awsUrl) await ensureMinistack();
  }

  async #startClouds(): Promise<void> {
    const { directory, ports, awsUrl } = this.#options;
    const cloudflare = await startCloudflare({
      accountId: this.config.cloudflare.accountId,
      zone: { id: this.config.cloudflare.zoneId, name: this.config.baseDomain },
      tokens: [cloudflareApiToken],
      stateDir: join(directory, "cloudflare"),
      ports: { api: ports.cloudflare, edge: ports.edge, tunnel: ports.tunnel },
    });
    this.#stops.push(() => cloudflare.close());
    const ec2 = await startEc2({
      port: ports.ec2,
      ministackUrl: this.aws.endpoint,
      region: this.config.region,
      credentials: this.aws.credentials,
      edge: { address: cloudflare.tunnelAddress, caFile: cloudflare.caFile },
      stateDir: join(directory, "machines"),
      logDir: this.logDirectory,
      // Half a second of a newcomer's time, where AWS would mind being asked so often.
      bootEnvironment: { BOOT_RETRY_MILLISECONDS: "500" },
    });
    this.#ec2 = ec2;
    this.#stops.push(() => ec2.close());
    if (!awsUrl) {
      const logFile = join(this.logDirectory, "aws.log");
      const env = { ...this.endpoints };
      const ministack = await startMinistack({ port: ports.aws, region: this.config.region, env, logFile });
      this.#stops.push(() => ministack.stop());
    }
    await storeApiToken(this.aws, this.config.cloudflare.apiTokenParameter);
    await bootstrap(this.#cdk);
  }

  async #deploy(): Promise<void> {
    this.#outputs = await deploy(this.#cdk);
  }
}

const describeMachines = ({ isolation: { mode, reason }, connector }: Ec2): string =>
  mode === "namespace"
    ? `each in a network namespace of its own (${reason}), with ${connector}`
    : `processes that share this computer's loopback (${reason}), with ${connector}`;
