// A machine for the tests of the boot scripts: metadata service and Parameter Store on loopback, every program on the
// PATH replaced by one that first writes down how it was called.
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import {
  type BootEnvironment,
  bootEnvironment,
  consoleLine,
  instanceTagsOf,
  type RestartableUnit,
} from "../../../core/machine/machine-contract.ts";
import type { Metadata } from "../../../local/ec2/machine/messages.ts";
import { metadataService } from "../../../local/ec2/machine/metadata-service.ts";
import { ParameterStore } from "./test-parameter-store.ts";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const script = (name: string): string => path(`../../../image-builder/files/${name}`);
/** Volumes as directories: what local machines have instead of block devices. */
const directoryVolumes = path("../../../local/ec2/machine/bin");

export const tenant = { stage: "staging", slug: "acme", generation: "01KASMPMXW5X0H3V0PM8NYQJ5D" };
export const instanceId = "i-0123456789abcdef0";
export const hostname = "acme.example.test";
export const tenantImage = `registry.example.com/app@sha256:${"d".repeat(64)}`;
export const credentials = {
  AccessKeyId: "AKIDEXAMPLE",
  SecretAccessKey: "secret+access/key",
  Token: "session/token==",
};

const volumeTools = [
  "blkid",
  "wipefs",
  "mkfs.ext4",
  "e2fsck",
  "blockdev",
  "dumpe2fs",
  "mount",
  "umount",
  "mountpoint",
];
const tools = [...volumeTools, "curl", "jq", "chown", "chmod", "mv", "install"];

type Volumes = "directories" | "block devices";

const found = new Map<Volumes, Promise<[tool: string, program: string][]>>();

/** Where the tools are; looked for once. */
const programsFor = (volumes: Volumes) => {
  const PATH = `${volumes === "directories" ? `${directoryVolumes}:` : ""}${process.env.PATH}`;
  const which = async (tool: string): Promise<[string, string]> => {
    const { stdout } = await execa("which", [tool], { env: { PATH } });
    return [tool, stdout];
  };
  const programs = found.get(volumes) ?? Promise.all(tools.map(which));
  found.set(volumes, programs);
  return programs;
};

const metadataOf = (): Metadata => ({
  httpTokens: "required",
  httpEndpoint: "enabled",
  entries: {
    "meta-data/instance-id": instanceId,
    "meta-data/placement/region": "eu-central-1",
    ...Object.fromEntries(
      Object.entries(instanceTagsOf(tenant, hostname)).map(([key, value]) => [
        `meta-data/tags/instance/${key}`,
        value,
      ]),
    ),
    "meta-data/iam/security-credentials/tenant-machine": JSON.stringify(credentials),
  },
});

/** A server that has the same to say to everybody. */
export const answering = (status: number): Server =>
  createServer((_, response) => void response.writeHead(status).end());

export class TestMachine {
  readonly directory: string;
  readonly metadata = metadataOf();
  readonly parameters = new ParameterStore(tenant);
  /** Added to the boot script's environment. */
  environment: BootEnvironment = {};
  /** What the boot script runs under, such as `setpriv` with its parameters. */
  confinement: string[] = [];
  /** Answers in place of the metadata service, which is `regular`. */
  imds: (regular: Server) => Server = (regular) => regular;
  readonly #servers: Server[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * Its units do nothing but start.
   * @param volumes without block devices, its data volume is a directory, attached and empty
   */
  static async make(volumes: Volumes = "directories"): Promise<TestMachine> {
    const machine = new TestMachine(await mkdtemp(join(tmpdir(), "warren-boot-")));
    for (const name of ["bin", "volume"]) await mkdir(machine.file(name));
    await machine.shim("systemctl", "");
    for (const [tool, program] of await programsFor(volumes))
      await machine.#shim(tool, `exec ${program} "$@"`);
    return machine;
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
    // What a killed script had started may still write there.
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  file = (...names: string[]): string => join(this.directory, ...names);
  runFile = (name: string): string => this.file("run", name);

  /** A program earlier on the PATH that writes down its arguments and environment, then does `then`, in bash. */
  shim = (program: string, then: string): Promise<void> => this.#shim(program, then, "/usr/bin/env bash");

  /** In `sh`, which starts sooner: a boot calls sixty programs. */
  async #shim(program: string, then: string, shell = "/bin/sh"): Promise<void> {
    const note = `{ printf '%s\\n' "${program} $*"; env; } >>"${this.file("calls")}"`;
    const file = this.file("bin", program);
    await writeFile(file, `#!${shell}\n${note}\n${then}\n`, { mode: 0o755 });
  }

  /** Programs as they were called, with their environments in between. */
  calls = (): Promise<string> => readFile(this.file("calls"), "utf8");
  async callsOf(program: string): Promise<string[]> {
    return (await this.calls()).split("\n").filter((line) => line.startsWith(`${program} `));
  }

  /** @returns its URL; it ends with the machine */
  async serve(server: Server): Promise<string> {
    this.#servers.push(server.listen(0, "127.0.0.1"));
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  boot = (parameters: string[] = []) => this.#run("boot.sh", parameters);
  restart = (unit: RestartableUnit) => this.#run("restart-unit.sh", [unit]);

  /** Without changes by the test, all is well: secrets are granted, and application and connector answer 200. */
  async #run(name: string, parameters: string[]) {
    const healthy = await this.serve(answering(200));
    const env = bootEnvironment.parse({
      IMDS_ENDPOINT: await this.serve(this.imds(metadataService(() => this.metadata))),
      AWS_ENDPOINT_URL_SSM: await this.serve(this.parameters.server()),
      RUN_DIRECTORY: this.file("run"),
      DATA_DEVICE: this.file("volume"),
      DATA_DIRECTORY: this.file("mounts/data"),
      CONNECTOR_USER: String(process.getuid?.()),
      FRONT_USER: String(process.getuid?.()),
      TENANT_IMAGE: tenantImage,
      APP_USER: String(process.getuid?.()),
      HEALTH_URL: `${healthy}/health`,
      READY_URL: `${healthy}/ready`,
      BOOT_DEADLINE_SECONDS: "25",
      FIRST_ANSWER_SECONDS: "5",
      BOOT_RETRY_MILLISECONDS: "50",
      ...this.environment,
    });
    const PATH = `${this.file("bin")}:${process.env.PATH}`;
    const [program = "", ...rest] = [...this.confinement, "bash", script(name), ...parameters];
    const { exitCode, stdout, stderr } = await execa(program, rest, {
      reject: false,
      extendEnv: false,
      env: { ...env, PATH },
    });
    const steps = stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => consoleLine.parse(JSON.parse(line)));
    return { exitCode, console: stdout + stderr, stderr, steps, last: steps.at(-1) };
  }
}
