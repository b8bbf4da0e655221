// Boot script and watchdog with a connector that really connects, to the local edge, under the local units' supervision.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import getPort from "get-port";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemctlService } from "../../local/ec2/machine/systemctl-service.ts";
import { Unit } from "../../local/ec2/machine/units.ts";
import {
  publish,
  startTestCloudflare,
  type TestCloudflare,
} from "../../test/support/cloudflare/test-cloudflare.ts";
import { TestMachine } from "../../test/support/image/test-machine.ts";
import { holding } from "../../test/support/image/test-parameter-store.ts";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

let machine: TestMachine;
let cloudflare: TestCloudflare;
let connector: Unit;
let readyUrl: string;
let rightToken: string;

/** What boot.sh and the watchdog start by name; the application is taken to run. */
const makeUnits = async (): Promise<void> => {
  const metricsPort = await getPort();
  readyUrl = `http://127.0.0.1:${metricsPort}/ready`;
  const common = {
    environment: { PATH: process.env.PATH ?? "" },
    environmentFile: machine.runFile("tenant.env"),
  };
  const command = [
    ...[process.execPath, path("../../local/connector/connector.ts"), "tunnel"],
    ...["--edge", cloudflare.tunnelAddress, "--cacert", cloudflare.caFile, "--protocol", "http2"],
    ...["--ha-connections", "1", "--metrics", `127.0.0.1:${metricsPort}`],
    ...["run", "--token-file", machine.runFile("tunnel-token")],
  ];
  connector = new Unit({ ...common, name: "warren-connector", command }, () => undefined);
  const front = new Unit({ ...common, name: "warren-front", command: ["sleep", "3600"] }, () => undefined);
  const app = new Unit({ ...common, name: "warren-app", command: ["sleep", "3600"] }, () => undefined);
  units = [front, connector, app];
  const url = await machine.serve(systemctlService(units));
  const stage = path("../../local/ec2/machine/bin/systemctl");
  await machine.shim("systemctl", `SYSTEMCTL_URL=${url} exec ${stage} "$@"`);
};
let units: Unit[];

beforeEach(async () => {
  cloudflare = await startTestCloudflare();
  machine = await TestMachine.make();
  await makeUnits();
  machine.environment = { READY_URL: readyUrl, FIRST_ANSWER_SECONDS: "3" };
  rightToken = (await publish(cloudflare, "acme", "http://localhost:8080")).token;
});
afterEach(async () => {
  await Promise.all(units.map((unit) => unit.stop(2_000)));
  await machine.close();
  await cloudflare.close();
});

/** Of the same tunnel, with another secret: as it is after a rotation. */
const rotatedAway = (token: string): string => {
  const content = JSON.parse(Buffer.from(token, "base64").toString());
  const s = Buffer.alloc(32, "another secret").toString("base64");
  return Buffer.from(JSON.stringify({ ...content, s })).toString("base64");
};

const isReady = async (): Promise<boolean> => (await fetch(readyUrl)).ok;

test("a connector with the right token is connected when the boot is over", async () => {
  machine.parameters.answer("tunnel-token", holding(rightToken));

  const { exitCode } = await machine.boot();

  expect(exitCode).toBe(0);
  expect(await isReady()).toBe(true);
});

test("a connector whose token is refused keeps trying, the console says so, and the right token heals it", async () => {
  machine.parameters.answer("tunnel-token", holding(rotatedAway(rightToken)));
  const first = await machine.boot();
  const tried = connector.report();
  machine.parameters.answer("tunnel-token", holding(rightToken));
  await machine.boot();

  const watchdog = spawn("bash", [path("connector-watchdog.sh")], {
    env: {
      PATH: `${machine.file("bin")}:${process.env.PATH}`,
      READY_URL: readyUrl,
      WATCHDOG_INTERVAL_SECONDS: "0.1",
      WATCHDOG_PATIENCE: "2",
    },
    stdio: "ignore",
  });
  await vi.waitFor(async () => expect(await isReady()).toBe(true), { timeout: 15_000, interval: 50 });
  watchdog.kill();
  await once(watchdog, "exit");

  expect(first.exitCode).toBe(1);
  expect(first.steps).toContainEqual(
    expect.objectContaining({
      step: "connection",
      outcome: "failed",
      detail: expect.stringContaining("answers HTTP 503"),
    }),
  );
  expect(tried).toMatchObject({ state: "active", restarts: 0 });
});

test("a connector whose token is none ends, is started again, and the console says so", async () => {
  machine.parameters.answer("tunnel-token", holding("not a token"));

  const { exitCode, last } = await machine.boot();

  expect(exitCode).toBe(1);
  expect(last?.detail).toContain("the connector is not connected");
  expect(connector.report().restarts).toBeGreaterThanOrEqual(1);
});
