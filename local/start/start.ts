// `warren start`: the whole system on this machine, from nothing to a tenant's first HTTP 200, and back to nothing.
import { join } from "node:path";
import { styleText } from "node:util";
import type { ListrTask } from "listr2";
import { lockStage } from "../stage/lock.ts";
import { portBlock } from "../stage/ports.ts";
import { LocalStage, type StageConfig, type StageStep } from "../stage/stage.ts";
import { stateDirectory } from "../state-directory.ts";
import { writeCurlOptions } from "./curl-options.ts";
import { steps } from "./progress.ts";
import { report } from "./report.ts";
import { createTenant, deleteTenant, TenantLifeError } from "./tenant-life.ts";
import { visit } from "./visit.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);

export interface StartOptions {
  config: StageConfig;
  /** Stop after the first full life of a tenant. */
  once: boolean;
  /** The first one's slug. */
  tenant: string;
  /** Of a block. */
  firstPort: number;
}

/** @returns after Ctrl-C, or with `once` by itself; everything is stopped then */
export const start = async (options: StartOptions): Promise<void> => {
  const directory = join(stateDirectory, "local");
  // Before the ports: a second copy would only learn that they are taken.
  const unlock = lockStage(directory);
  try {
    await runStage(directory, options);
  } finally {
    unlock();
  }
};

const runStage = async (directory: string, options: StartOptions): Promise<void> => {
  const awsUrl = process.env.AWS_ENDPOINT_URL;
  const ports = await portBlock(options.firstPort, awsUrl ? ["aws"] : []);
  const stage = new LocalStage({ config: options.config, directory, ports, awsUrl });
  const interrupted = untilInterrupted();
  try {
    await Promise.race([live(stage, options), interrupted]);
    if (!options.once) await interrupted;
  } finally {
    say("\nStopping everything …");
    await stage.stop();
  }
};

/**
 * Ctrl-C, or `kill`; the second one ends this process at once. The listeners stay: without any, execa takes the signal
 * for nobody's and ends this process before its machines and their network are gone.
 */
const untilInterrupted = (): Promise<void> => {
  return new Promise((resolve) => {
    let interruptions = 0;
    const interrupt = () => {
      interruptions += 1;
      if (interruptions > 1) process.exit(1);
      resolve();
    };
    process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  });
};

const live = async (stage: LocalStage, { tenant, once }: StartOptions): Promise<void> => {
  let hostname = "";
  const create = async (_: unknown, task: { output: string }) => {
    ({ hostname } = await createTenant(stage.api, tenant, (progress) => {
      task.output = progress;
    }));
  };
  const first = { title: `Create tenant ${tenant} through the API`, task: create };
  await steps([...stage.steps().map(group), first]).run();
  await expectServed(stage, hostname);
  say(
    styleText(
      "green",
      `\n${hostname} answered 200 through its tunnel, ${process.uptime().toFixed(1)} s after the start.`,
    ),
  );
  say(report(stage, tenant, hostname, writeCurlOptions(stage)));
  if (once) await remove(stage, tenant);
  else say("\nCtrl-C stops everything.");
};

const expectServed = async (stage: LocalStage, hostname: string): Promise<void> => {
  const { healthPath } = stage.config.machine;
  const { status, body } = await visit(stage.endpoints.EDGE_URL, hostname, healthPath);
  if (status !== 200) throw new TenantLifeError(`${hostname}${healthPath} answered ${status}: ${body}`);
};

const remove = async (stage: LocalStage, tenant: string): Promise<void> => {
  const show = (task: { output: string }) =>
    deleteTenant(stage.api, tenant, (progress) => {
      task.output = progress;
    });
  await steps([{ title: `Delete tenant ${tenant} through the API`, task: (_, task) => show(task) }]).run();
  say(
    styleText("green", `Nothing of ${tenant} is left: each resource was looked up again and found deleted.`),
  );
};

/** The steps of a group run at the same time, below a line of their own. */
const group = (group: StageStep[]): ListrTask => {
  const tasks: ListrTask[] = group.map(({ title, run }) => ({ title, task: async () => void (await run()) }));
  if (tasks.length === 1 && tasks[0]) return tasks[0];
  const title = "Start the clouds and synthesise";
  return { title, task: (_, task) => task.newListr(tasks, { concurrent: true }) };
};
