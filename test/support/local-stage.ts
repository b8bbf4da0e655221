// One local stage for all tests of a project: the very one that `npm start` runs, on free ports. Its sweeps do not come by
// themselves: a test that breaks something on purpose would race against the repair.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { loadConfig } from "../../lib/config/load-config.ts";
import { freePorts } from "../../local/stage/ports.ts";
import { LocalStage } from "../../local/stage/stage.ts";
import { pauseSweeps } from "./sweeps.ts";

/** What the tests, in processes of their own, need to know of the stage. */
export interface StageFacts {
  awsUrl: string;
  region: string;
  apiUrl: string;
  edgeUrl: string;
  ec2Url: string;
  cloudflareUrl: string;
  logDirectory: string;
  apiTokenParameter: string;
  /** How its machines are kept apart, and why so. */
  isolation: { mode: string; reason: string };
  outputs: Record<string, string>;
}

declare module "vitest" {
  interface ProvidedContext {
    stage: StageFacts;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), "warren-stage-"));
  const stage = new LocalStage({ config: loadConfig("local"), directory, ports: await freePorts() });
  const teardown = async () => {
    await stage.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await stage.start();
    await pauseSweeps(stage.aws, stage.output("SweepScheduleName"));
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide("stage", {
    awsUrl: stage.aws.endpoint,
    region: stage.config.region,
    apiUrl: stage.apiUrl,
    edgeUrl: stage.endpoints.EDGE_URL,
    ec2Url: stage.endpoints.AWS_ENDPOINT_URL_EC2,
    cloudflareUrl: stage.endpoints.CLOUDFLARE_BASE_URL,
    logDirectory: stage.logDirectory,
    isolation: stage.isolation ?? { mode: "none", reason: "no machines" },
    apiTokenParameter: stage.config.cloudflare.apiTokenParameter,
    outputs: stage.outputs,
  });
  return teardown;
}
