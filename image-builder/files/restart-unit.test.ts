import { readdir, readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { secretParameter } from "../../core/tenant/names.ts";
import { TestMachine, tenant } from "../../test/support/image/test-machine.ts";
import { holding, missing, refused } from "../../test/support/image/test-parameter-store.ts";

let machine: TestMachine;

beforeEach(async () => {
  machine = await TestMachine.make();
});
afterEach(() => machine.close());

const restarts = async () =>
  (await machine.callsOf("systemctl")).filter((call) => call.startsWith("systemctl restart"));
const asked = () => machine.parameters.requests.map(({ body }) => body.Name);

test("the connector is restarted with the token of now", async () => {
  await machine.boot();
  machine.parameters.requests.length = 0;
  machine.parameters.answer("tunnel-token", holding("a token of another tunnel"));

  const { exitCode } = await machine.restart("warren-connector");

  expect(exitCode).toBe(0);
  expect(await readFile(machine.runFile("tunnel-token"), "utf8")).toBe("a token of another tunnel");
  expect(asked()).toEqual([secretParameter(tenant, "tunnel-token")]);
  expect(await restarts()).toEqual(["systemctl restart warren-connector.service"]);
});

test("a connector whose token is refused is restarted with the one that it has", async () => {
  await machine.boot();
  const before = await readFile(machine.runFile("tunnel-token"), "utf8");
  machine.parameters.answer("tunnel-token", refused);
  machine.environment = { TOKEN_DEADLINE_SECONDS: "1" };

  const { exitCode, stderr } = await machine.restart("warren-connector");

  expect(exitCode).toBe(0);
  expect(stderr).toContain("goes on with the one that it has");
  expect(await readFile(machine.runFile("tunnel-token"), "utf8")).toBe(before);
  expect(await restarts()).toEqual(["systemctl restart warren-connector.service"]);
});

test.each(["warren-front", "warren-app"] as const)(
  "%s is restarted, and no secret is fetched",
  async (unit) => {
    await machine.boot();
    machine.parameters.requests.length = 0;

    await machine.restart(unit);

    expect(asked()).toEqual([]);
    expect(await restarts()).toEqual([`systemctl restart ${unit}.service`]);
  },
);

test("a restart that fails fails", async () => {
  await machine.shim("systemctl", "exit 3");

  expect((await machine.restart("warren-app")).exitCode).toBe(3);
});

test("a boot that runs meanwhile is not disturbed, and neither leaves anything behind", async () => {
  machine.parameters.answer("database-password", ...Array(20).fill(missing), holding("a password"));
  const booting = machine.boot();

  const restarted = await machine.restart("warren-connector");
  const booted = await booting;

  expect([restarted.exitCode, booted.exitCode]).toEqual([0, 0]);
  expect((await readdir(machine.file("run"))).filter((file) => /\.\d+$/.test(file))).toEqual([]);
});
