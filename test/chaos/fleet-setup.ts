// A fleet large enough that the faults of a few are no outage, made a few at a time, and swept every five seconds for as
// long as the tests run: the default schedule, twelve times as fast.
import { setTimeout as sleep } from "node:timers/promises";
import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import pRetry from "p-retry";
import type { TestProject } from "vitest/node";
import { bounded } from "../../lambdas/survey-fleet/bounded.ts";
import { adminAccess } from "../../local/stage/admin-access.ts";
import { type ApiClient, apiClient } from "../../local/stage/api-client.ts";
import { testsOwn } from "./own-sweeps.ts";

const FLEET = 50;
/** On two cores more at a time take longer each, and in sum. */
const AT_ONCE = 5;
const SWEEP_EVERY_MS = 5_000;
const READY_WITHIN_S = 240;

declare module "vitest" {
  interface ProvidedContext {
    fleet: string[];
  }
}

const whenReady = (api: ApiClient, slug: string): Promise<void> =>
  pRetry(
    async () => {
      const { body } = await api("GET", `/tenants/${slug}`);
      if (body.status !== "ready") throw new Error(`${slug} is ${JSON.stringify(body)}`);
    },
    { retries: READY_WITHIN_S, factor: 1, minTimeout: 1_000 },
  );

const createFleet = async (api: ApiClient, slugs: string[]): Promise<void> => {
  let ready = 0;
  const make = async (slug: string) => {
    await api("POST", "/tenants", { slug });
    await whenReady(api, slug);
    ready += 1;
    if (ready % 10 === 0) process.stdout.write(`chaos: ${ready} of ${slugs.length} tenants are ready\n`);
  };
  await bounded(slugs, make, { atOnce: AT_ONCE });
};

/** @returns how to end it */
const keepSweeping = (sfn: SFNClient, stateMachineArn: string): (() => Promise<void>) => {
  const stop = new AbortController();
  const sweeping = (async () => {
    while (!stop.signal.aborted) {
      const name = `${testsOwn}${Date.now()}`;
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name })).catch(() => undefined);
      await sleep(SWEEP_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stop.abort();
    await sweeping;
  };
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stage = project.getProvidedContext().stage;
  const access = adminAccess(stage.awsUrl, stage.region);
  const slugs = Array.from({ length: FLEET }, (_, index) => `fleet-${String(index).padStart(2, "0")}`);
  const startedAt = Date.now();
  process.stdout.write(`chaos: making a fleet of ${FLEET} tenants\n`);
  await createFleet(apiClient(stage.apiUrl, access), slugs);
  process.stdout.write(`chaos: the fleet was ready after ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
  project.provide("fleet", slugs);
  return keepSweeping(new SFNClient(access), stage.outputs.HealthSweepWorkflowArn ?? "");
}
