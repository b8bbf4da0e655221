import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { machineIdentity } from "../../core/machine/front.ts";
import { bootSteps, runFiles, secretFiles, tenantVariables } from "../../core/machine/machine-contract.ts";
import { secretNames, secretParameter } from "../../core/tenant/names.ts";
import {
  answering,
  credentials,
  hostname,
  instanceId,
  TestMachine,
  tenant,
  tenantImage,
} from "../../test/support/image/test-machine.ts";
import { missing, refused, secretValue } from "../../test/support/image/test-parameter-store.ts";

let machine: TestMachine;

beforeEach(async () => {
  machine = await TestMachine.make();
});
afterEach(() => machine.close());

const isRoot = process.getuid?.() === 0;
const accounts = isRoot
  ? { connector: 4711, app: 970 }
  : { connector: process.getuid?.(), app: process.getuid?.() };

describe("a machine that is given everything", () => {
  test("goes through its steps in order, and says each on the console", async () => {
    const { exitCode, stderr, steps, last } = await machine.boot();

    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    expect([...new Set(steps.map(({ step }) => step))]).toEqual(bootSteps);
    expect(last).toMatchObject({ step: "boot", outcome: "finished" });
    expect(await machine.callsOf("systemctl")).toEqual([
      "systemctl start warren-front",
      "systemctl start warren-connector",
      "systemctl start warren-app",
    ]);
  });

  test("asks for each secret by its name, with the instance's own credentials", async () => {
    await machine.boot();

    const { requests } = machine.parameters;
    expect(requests.map(({ body }) => body)).toEqual(
      secretNames.map((name) => ({ Name: secretParameter(tenant, name), WithDecryption: true })),
    );
    expect(requests[0]?.headers).toMatchObject({
      "x-amz-target": "AmazonSSM.GetParameter",
      "x-amz-security-token": credentials.Token,
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d+\/eu-central-1\/ssm\//,
      ),
    });
  });

  test(`leaves each file to its reader alone${isRoot ? "" : " (owners only as root)"}`, async () => {
    machine.environment = { CONNECTOR_USER: `${accounts.connector}`, APP_USER: `${accounts.app}` };

    await machine.boot();

    const left = await readdir(machine.file("run"));
    expect(left.toSorted()).toEqual(Object.keys(runFiles).toSorted());
    for (const name of secretNames) {
      const { mode, uid } = await stat(machine.runFile(name));
      const { mode: agreed, owner } = secretFiles[name];
      expect(await readFile(machine.runFile(name), "utf8")).toBe(secretValue(name));
      expect(mode & 0o777).toBe(agreed);
      expect(uid).toBe(owner === "warren-connector" ? accounts.connector : accounts.app);
    }
    expect((await stat(machine.file("run"))).mode & 0o777).toBe(0o711);
  });

  test("tells the units whom they work for", async () => {
    await machine.boot();

    const lines = (await readFile(machine.runFile("tenant.env"), "utf8")).trim().split("\n");
    const variables = tenantVariables.parse(Object.fromEntries(lines.map((line) => line.split("="))));
    expect(variables).toMatchObject({ TENANT_HOSTNAME: hostname, INSTANCE_ID: instanceId });
    expect((await stat(machine.runFile("tenant.env"))).mode & 0o777).toBe(runFiles["tenant.env"].mode);
  });

  test("boots again over what it left, as after a failure", async () => {
    await machine.boot();

    const { exitCode } = await machine.boot();

    expect(exitCode).toBe(0);
    expect(await machine.callsOf("mkfs.ext4")).toHaveLength(1);
  });
});

test("shows no secret on the console, in arguments, in environments, or on disk but in its file", async () => {
  machine.parameters.answerFirst(refused);

  const { console } = await machine.boot();

  const secrets = [credentials.SecretAccessKey, credentials.Token, ...secretNames.map(secretValue)];
  const kept = (await readdir(machine.directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !secretNames.some((name) => name === entry.name))
    .map((entry) => readFile(`${entry.parentPath}/${entry.name}`, "utf8"));
  const seen = [console, ...(await Promise.all(kept))].join("\n");
  expect(await machine.callsOf("curl")).not.toEqual([]);
  expect(seen).toContain(`CONNECTOR_USER=${process.getuid?.()}`);
  for (const secret of secrets) expect(seen).not.toContain(secret);
});

test("gives the front what it tells probes: the machine's identity, not the generation", async () => {
  await machine.boot();

  const file = machine.runFile("front.env");
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  const { FRONT_KEY = "", ...told } = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  expect(told).toEqual({
    FRONT_MACHINE: machineIdentity(tenant.generation, instanceId),
    FRONT_APPLICATION: tenantImage.slice(tenantImage.indexOf("@") + 1),
    FRONT_SETTINGS: "0",
  });
  expect(Buffer.from(FRONT_KEY, "base64").toString()).toBe(tenant.generation);
  expect((await stat(file)).mode & 0o777).toBe(runFiles["front.env"].mode);
});

describe("secrets", () => {
  test("are waited for while missing or refused, each reason said once", async () => {
    machine.parameters.answerFirst(missing, refused, refused, refused);

    const { exitCode, steps } = await machine.boot();

    expect(exitCode).toBe(0);
    expect(machine.parameters.requests).toHaveLength(5 * secretNames.length);
    for (const name of secretNames) {
      const waiting = steps.filter(({ step, outcome }) => step === name && outcome === "waiting");
      expect(waiting.map(({ detail }) => detail)).toEqual([
        "ParameterNotFound (HTTP 400)",
        "AccessDeniedException (HTTP 400)",
      ]);
    }
  });

  test("are asked for less and less often", async () => {
    machine.parameters.answer("tunnel-token", refused);
    machine.environment = { BOOT_DEADLINE_SECONDS: "3" };

    await machine.boot();

    // Every 50 ms, it would be more than forty times.
    const tries = machine.parameters.requests.length;
    expect(tries).toBeGreaterThan(4);
    expect(tries).toBeLessThan(16);
  });

  test.each(secretNames)("give up at the deadline with the last reason: %s", async (name) => {
    machine.parameters.answer(name, refused);
    machine.environment = { BOOT_DEADLINE_SECONDS: "1" };

    const { exitCode, last } = await machine.boot();

    expect(exitCode).toBe(1);
    expect(last).toMatchObject({ step: name, outcome: "failed" });
    expect(last?.detail).toContain("AccessDeniedException");
    expect(existsSync(machine.runFile(name))).toBe(false);
    const left = await readdir(machine.file("run"));
    expect(left.filter((file) => !Object.keys(runFiles).includes(file))).toEqual([]);
  });
});

describe("identity", () => {
  /** Leaves the first requests to `first`; closing it closes the regular one too, which never listens. */
  const atFirst = (first: Parameters<typeof createServer>[1][]) => (regular: Server) =>
    createServer((request, response) => {
      const odd = first.shift();
      if (odd) odd(request, response);
      else regular.emit("request", request, response);
    });

  test("waits for a metadata service that is slow to come", async () => {
    machine.imds = atFirst([
      (_, response) => response.destroy(),
      (_, response) => response.writeHead(503).end(),
    ]);

    const { exitCode, steps } = await machine.boot();

    expect(exitCode).toBe(0);
    expect(steps[1]).toMatchObject({ step: "identity", outcome: "waiting" });
    expect(steps[1]?.detail).toContain("does not answer");
  });

  test("does not hang on an answer that never comes", async () => {
    machine.imds = atFirst([() => undefined]);

    const { exitCode } = await machine.boot();

    expect(exitCode).toBe(0);
  });

  test.each([
    ["is missing", undefined],
    ["could name another parameter", "../other"],
  ])("refuses to boot when the slug's tag %s", async (_, slug) => {
    const tag = "meta-data/tags/instance/warren:slug";
    if (slug === undefined) delete machine.metadata.entries[tag];
    else machine.metadata.entries[tag] = slug;
    machine.environment = { BOOT_DEADLINE_SECONDS: "0" };

    const { exitCode, last } = await machine.boot();

    expect(exitCode).toBe(1);
    expect(last).toMatchObject({ step: "identity", outcome: "failed" });
    expect(machine.parameters.requests).toEqual([]);
  });
});

describe("what the units run", () => {
  test.each([
    ["health", "HEALTH_URL", "the application is not healthy"],
    ["connection", "READY_URL", "the connector is not connected"],
  ] as const)("is waited for, and not for ever: %s", async (step, variable, trouble) => {
    machine.environment = {
      [variable]: await machine.serve(answering(503)),
      FIRST_ANSWER_SECONDS: "1",
    };

    const { exitCode, steps, last } = await machine.boot();

    expect(exitCode).toBe(1);
    expect(steps).toContainEqual(
      expect.objectContaining({
        step,
        outcome: "failed",
        detail: expect.stringContaining("answers HTTP 503"),
      }),
    );
    expect(last).toMatchObject({ step: "boot", outcome: "failed" });
    expect(last?.detail).toContain(trouble);
    expect(await machine.callsOf("systemctl")).toHaveLength(3);
  });

  test("has its last lines on the console when it does not do its work", async () => {
    machine.environment = {
      HEALTH_URL: await machine.serve(answering(503)),
      FIRST_ANSWER_SECONDS: "1",
    };
    await machine.shim("journalctl", '[[ $3 != warren-app ]] || echo "app | Error: \\"no\\" database"');

    const { steps, last } = await machine.boot();

    expect(steps).toContainEqual(
      expect.objectContaining({
        step: "warren-app",
        outcome: "failed",
        detail: 'app | Error: "no" database',
      }),
    );
    expect(last).toMatchObject({ step: "boot", outcome: "failed" });
  });

  test.each(["warren-front", "warren-connector", "warren-app"])(
    "is named when it does not start: %s",
    async (unit) => {
      await machine.shim("systemctl", `[[ $2 != ${unit} ]]`);

      const { exitCode, last } = await machine.boot();

      expect(exitCode).toBe(1);
      expect(last).toMatchObject({ step: unit, outcome: "failed" });
    },
  );
});

test("an argument that it does not know is refused before anything else", async () => {
  const { exitCode, stderr } = await machine.boot(["--dry"]);

  expect(exitCode).toBe(2);
  expect(stderr).toContain("unknown argument '--dry': it takes none, --check or --fetch-token");
  expect(machine.parameters.requests).toEqual([]);
});
