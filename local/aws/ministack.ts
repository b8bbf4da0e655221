// The local AWS: MiniStack as a child process, IAM enforced, with this project's Node for its Lambdas.
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import pRetry from "p-retry";
import { projectDirectory, stateDirectory } from "../state-directory.ts";
import { ensurePythonEnvironment, isInstalled } from "./python-environment.ts";

/** The account's own administrator: MiniStack knows these as root and checks everybody else's policies. */
export const adminCredentials = { accessKeyId: "test", secretAccessKey: "test" };

export interface Ministack {
  /** An IP address, never `localhost`: with an IP the SDK uses path-style S3. */
  url: string;
  stop(): Promise<void>;
}

export interface MinistackOptions {
  port: number;
  region: string;
  /** Inherited by every Lambda: the place for the other endpoints. */
  env?: Record<string, string>;
  logFile: string;
}

export const startMinistack = async (options: MinistackOptions): Promise<Ministack> => {
  const { python } = await ensureMinistack();
  await mkdir(dirname(options.logFile), { recursive: true });
  const url = `http://127.0.0.1:${options.port}`;
  // It unpacks every Lambda there, and leaves that behind.
  const scratch = await mkdtemp(join(tmpdir(), "warren-aws-"));
  const child = launch(python, { ...options, env: { ...options.env, TMPDIR: scratch } }, url);
  const stop = async () => {
    child.kill("SIGTERM");
    await child;
    await rm(scratch, { recursive: true, force: true });
  };
  child.all.pipe(createWriteStream(options.logFile, { flags: "a" }));
  try {
    await untilHealthy(url, child, options.logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
};

const launch = (python: string, options: MinistackOptions, url: string) =>
  execa(python, [join(import.meta.dirname, "serve_ministack.py")], {
    cwd: stateDirectory,
    env: { ...environment(options, url), ...options.env },
    extendEnv: true,
    stdin: "ignore",
    all: true,
    buffer: false,
    reject: false,
    forceKillAfterDelay: 3_000,
  });

type Child = ReturnType<typeof launch>;

const pythonPart = {
  name: "ministack",
  requirementsFile: join(import.meta.dirname, "requirements.txt"),
};

export const ensureMinistack = () => ensurePythonEnvironment(pythonPart);
export const isMinistackInstalled = (): boolean => isInstalled(pythonPart);

const environment = (options: MinistackOptions, url: string): Record<string, string> => {
  const tools = join(projectDirectory, "node_modules", ".bin");
  return {
    AUTH: "true",
    BIND_HOST: "127.0.0.1",
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    GATEWAY_PORT: String(options.port),
    WARREN_STAGE_PID: String(process.pid),
    MINISTACK_REGION: options.region,
    AWS_REGION: options.region,
    AWS_ACCESS_KEY_ID: adminCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: adminCredentials.secretAccessKey,
    AWS_ENDPOINT_URL: url,
    PATH: [tools, process.env.PATH].join(delimiter),
  };
};

const untilHealthy = async (url: string, child: Child, logFile: string): Promise<void> => {
  const check = async () => {
    const answer = await fetch(`${url}/_ministack/health`);
    if (!answer.ok) throw new Error(`health answered ${answer.status}`);
  };
  const healthy = pRetry(check, { retries: 150, factor: 1, minTimeout: 100, maxTimeout: 100 });
  const ended = child.then(({ exitCode }) => {
    throw new Error(`MiniStack ended with exit code ${exitCode} while starting; its log is ${logFile}`);
  });
  await Promise.race([healthy, ended]);
};
