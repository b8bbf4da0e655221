// What a crowd of sign-ups looks like from outside, from the first to the last that is ready.
import { setTimeout as pause } from "node:timers/promises";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { api, output } from "../support/stage.ts";
import { scan } from "../support/traces.ts";
import { memoryOfStage } from "./memory.ts";

export interface Crowd {
  seconds: number;
  queued: string[];
  underWay: number;
  ready: number;
  failed: Tenant[];
  slugs: Set<string>;
  mebibytes: number;
}

/** A sign-up form tries again what the gateway had no Lambda for. */
export const untilAnswered = async (method: string, path: string, body: object): Promise<void> => {
  for (;;) {
    const answer = await api(method, path, body);
    if (answer.status === 202) return;
    if (answer.status < 429)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    await pause(500 + Math.random() * 1_000);
  }
};

const lookAt = async (startedAt: number): Promise<Crowd> => {
  const rows = (await scan(output("TenantsTableName"))) as Tenant[];
  return {
    seconds: Math.round((Date.now() - startedAt) / 1_000),
    queued: rows.filter(({ queue }) => queue === "provision-tenant").map(({ slug }) => slug),
    underWay: rows.filter(({ status, queue }) => status === "provisioning" && !queue).length,
    ready: rows.filter(({ status }) => status === "ready").length,
    failed: rows.filter(({ status }) => status === "failed"),
    slugs: new Set(rows.map(({ slug }) => slug)),
    mebibytes: await memoryOfStage(),
  };
};

/** Looks every two seconds, and says what it sees, until it is over. @returns all that was seen */
export const watch = async (
  isOver: (seen: Crowd) => boolean | Promise<boolean>,
  minutes: number,
): Promise<Crowd[]> => {
  const startedAt = Date.now();
  const all: Crowd[] = [];
  for (;;) {
    const seen = await lookAt(startedAt);
    all.push(seen);
    const { seconds, ready, underWay, queued, failed } = seen;
    process.stdout.write(
      `load: ${seconds} s: ${ready} ready, ${underWay} under way, ${queued.length} queued, ${failed.length} failed\n`,
    );
    if (await isOver(seen)) return all;
    if (seconds > minutes * 60) throw new Error(`This was not over after ${minutes} minutes.`);
    await pause(2_000);
  }
};
