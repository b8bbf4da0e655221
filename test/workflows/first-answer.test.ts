// What waits for a machine's first 200 waits as long as the stage allows, however long that is.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { ASKS_FOR, LONGEST_START_MINUTES } from "../../core/machine/first-answer.ts";
import { timeoutSecondsOf } from "../../lib/workflows/workflow-tasks.ts";
import { definitions, states } from "./definitions.ts";

const longest = LONGEST_START_MINUTES * 60;
/** EC2's, for a system that hangs in a reboot: the longest that a rung takes besides. */
const cutOff = 240;
const asks = ASKS_FOR / 1_000;
const image = join(import.meta.dirname, "..", "..", "image-builder", "files");

const waiting = definitions
  .flatMap(([, machine]) => states(machine))
  .filter(([, { Retry = [] }]) => Retry.some(({ ErrorEquals }) => ErrorEquals.includes("NotServedYetError")));

test("a provision and a repair wait for it", () => {
  expect(waiting.map(([name]) => name)).toEqual(["Probe Tenant", "Verify Repair"]);
});

test.each(waiting)("%s is retried for longer than the longest start", (_, { Retry = [] }) => {
  const retrier = Retry.find(({ ErrorEquals }) => ErrorEquals.includes("NotServedYetError"));

  expect((retrier?.MaxAttempts ?? 0) * asks).toBeGreaterThan(longest + cutOff);
});

// A request that is not answered takes 10 s more (core/edge/edge.ts).
test.each(["probe-tenant", "verify-repair"] as const)("%s may run as long as it asks", (task) => {
  expect(timeoutSecondsOf(task)).toBeGreaterThan(asks + 10);
});

test("no container that another waits for is given up before", async () => {
  const { services } = parse(await readFile(join(image, "compose.yaml"), "utf8"));

  const { interval, retries } = services.postgres.healthcheck;
  expect(Number.parseInt(interval, 10) * retries).toBeGreaterThanOrEqual(longest);
});

test("systemd does not end a boot that waits", async () => {
  const unit = await readFile(join(image, "units", "warren-boot.service"), "utf8");

  expect(unit).toMatch(/^TimeoutStartSec=infinity$/m);
});
