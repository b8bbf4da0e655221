import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { consoleLine } from "../../core/machine/machine-contract.ts";
import { TestMachine } from "../../test/support/image/test-machine.ts";

const script = fileURLToPath(new URL("connector-watchdog.sh", import.meta.url));

let machine: TestMachine;
/** What `/ready` answers, check by check; 503 after the last. */
let answers: number[];
let checks: number;

beforeEach(async () => {
  machine = await TestMachine.make();
  await machine.shim("systemctl", '[[ $1 != is-active ]] || echo "active"');
  [answers, checks] = [[], 0];
});
afterEach(() => machine.close());

/** Runs the watchdog, which looks twice before it acts, until `done`. @returns its console */
const watchUntil = async (done: Promise<unknown>, readyUrl: string) => {
  const env = {
    PATH: `${machine.file("bin")}:${process.env.PATH}`,
    READY_URL: readyUrl,
    WATCHDOG_INTERVAL_SECONDS: "0.01",
    WATCHDOG_PATIENCE: "2",
  };
  const watchdog = spawn("bash", [script], { env, stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  createInterface(watchdog.stdout).on("line", (line) => lines.push(line));
  await done;
  watchdog.kill();
  await once(watchdog, "close");
  return lines.map((line) => consoleLine.parse(JSON.parse(line)));
};

/** Until that many checks were answered, and the next one has come. */
const watch = async (count: number) => {
  const enough = Promise.withResolvers<void>();
  const ready = createServer((_, response) => {
    checks += 1;
    if (checks > count) enough.resolve();
    response.writeHead(answers.shift() ?? 503).end();
  });
  return watchUntil(enough.promise, `${await machine.serve(ready)}/ready`);
};

const restarts = async (): Promise<number> =>
  (await machine.callsOf("systemctl")).filter((call) => call === "systemctl restart warren-connector").length;

test("leaves a connector alone that is ready, or not ready only now and then", async () => {
  answers = [200, 503, 200, 503, 200, 200];

  const logged = await watch(6);

  expect(logged).toEqual([]);
  expect(await restarts()).toBe(0);
});

test("restarts a connector that is not ready for a while, and says so", async () => {
  answers = [200, 503, 503];

  const logged = await watch(3);

  expect(await restarts()).toBe(1);
  expect(logged[0]).toMatchObject({
    unit: "warren-connector-watchdog",
    step: "restart",
    outcome: "started",
    detail: "not ready in 2 checks in a row",
  });
});

test("has twice the patience after each restart in vain, as with a wrong token", async () => {
  const logged = await watch(2 + 4 + 8);

  expect(await restarts()).toBe(3);
  expect(logged.map(({ detail }) => detail)).toEqual(
    [2, 4, 8].map((count) => `not ready in ${count} checks in a row`),
  );
});

test("says when a restart helped, and has its first patience again", async () => {
  answers = [503, 503, 200, 503, 503];

  const logged = await watch(5);

  expect(logged.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
    "restart started",
    "connection finished",
    "restart started",
  ]);
});

/** A systemd under which the connector runs. @returns what resolves when it is asked to restart it */
const recordingSystemd = async (): Promise<{ restart: Promise<void> }> => {
  const restarted = Promise.withResolvers<void>();
  const restartServer = createServer((_, response) => {
    restarted.resolve();
    response.end();
  });
  const notify = `curl --silent ${await machine.serve(restartServer)}`;
  await machine.shim("systemctl", `case $1 in is-active) echo active ;; restart) ${notify} ;; esac`);
  return { restart: restarted.promise };
};

/** A `/ready` that a process of its own answers, as a connector's does. */
const startReadyProcess = async () => {
  const program = `require("node:http").createServer((_, response) => response.end())
    .listen(0, "127.0.0.1", function () { console.log(this.address().port); });`;
  const child = spawn(process.execPath, ["--eval", program], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = await once(createInterface(child.stdout), "line");
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, url: `http://127.0.0.1:${port}/ready` };
};

test("counts no answer at all as not ready", async () => {
  const systemd = await recordingSystemd();

  await watchUntil(systemd.restart, "http://127.0.0.1:9/ready");

  expect(await restarts()).toBeGreaterThanOrEqual(1);
});

test("counts a connector that hangs as not ready, although its port still takes connections", async () => {
  const systemd = await recordingSystemd();
  const { child, url } = await startReadyProcess();
  child.kill("SIGSTOP");

  const began = performance.now();
  const logged = await watchUntil(systemd.restart, url);

  expect(logged[0]).toMatchObject({ step: "restart", detail: "not ready in 2 checks in a row" });
  // Two checks of 5 s: one that waits for an answer would hang with the connector.
  expect(performance.now() - began).toBeLessThan(20_000);
});

test("leaves alone a connector that was stopped, or that systemd is about to start again", async () => {
  await machine.shim("systemctl", "echo activating; exit 3");

  const logged = await watch(8);

  expect(logged).toEqual([]);
  expect(await restarts()).toBe(0);
});
