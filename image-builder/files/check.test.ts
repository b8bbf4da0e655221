import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { imageVariables } from "../../core/machine/machine-contract.ts";
import { TestMachine } from "../../test/support/image/test-machine.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const variables = imageVariables.parse({
  TENANT_IMAGE: `registry.example.com/app@${digest}`,
  POSTGRES_IMAGE: `postgres@${digest}`,
  REDIS_IMAGE: `redis@${digest}`,
  APP_PORT: "8081",
  HEALTH_PATH: "/health",
  FIRST_ANSWER_SECONDS: "600",
});

let machine: TestMachine;

const writeImageFile = (content: Record<string, string>): Promise<void> =>
  writeFile(
    machine.file("image.env"),
    Object.entries(content)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );

/** A machine of a sound image; what this computer lacks of it is put in its place. */
beforeEach(async () => {
  machine = await TestMachine.make();
  machine.environment = {
    CONNECTOR_USER: "warren-connector",
    FRONT_USER: "warren-front",
    APP_USER: "warren-app",
  };
  machine.environment.IMAGE_FILE = machine.file("image.env");
  await writeImageFile(variables);
  await machine.shim("cloudflared", "");
  await machine.shim("docker", "");
  await machine.shim("docker-credential-ecr-login", "");
  await machine.shim("ebsnvme-id", "");
  await machine.shim("haproxy", "");
  await machine.shim("id", "echo 970");
  await machine.shim("findmnt", "echo tmpfs");
  await machine.shim("swapon", "");
  await machine.shim("systemctl", "[[ $2 == warren-boot.service ]] && echo enabled || echo static");
});
afterEach(() => machine.close());

const check = async () => {
  const { exitCode, steps, last } = await machine.boot(["--check"]);
  const failed = steps.filter(({ step, outcome }) => step === "check" && outcome === "failed");
  return { exitCode, last, failed: failed.map(({ detail }) => detail) };
};

test("finds all that a boot needs, without any network", async () => {
  const { exitCode, failed, last } = await check();

  expect(failed).toEqual([]);
  expect(exitCode).toBe(0);
  expect(last).toMatchObject({ step: "boot", outcome: "finished" });
  expect(await machine.callsOf("curl")).toEqual(["curl --version"]);
  expect(machine.parameters.requests).toEqual([]);
});

test.each([
  ["an image by a floating tag", () => writeImageFile({ ...variables, REDIS_IMAGE: "redis:7" }), "pinned"],
  ["an image that was not pulled", () => machine.shim("docker", "[[ $1 != image ]]"), "images are on"],
  ["an old curl", () => machine.shim("curl", 'echo "curl 7.81.0 (x86_64)"'), "curl is 7.87.0"],
  [
    "a unit that is not enabled",
    () => machine.shim("systemctl", "echo disabled; exit 1"),
    "warren-boot starts",
  ],
  ["a run directory on disk", () => machine.shim("findmnt", "echo ext4"), "in memory"],
  ["a front that HAProxy refuses", () => machine.shim("haproxy", "exit 1"), "haproxy.cfg"],
  ["swap space", () => machine.shim("swapon", 'echo "/swapfile"'), "no swap"],
  ["other users", () => machine.shim("id", "echo 1000"), "is 970"],
])("finds %s, and goes on to the other checks", async (_, spoil, complaint) => {
  await spoil();

  const { exitCode, failed, last } = await check();

  expect(exitCode).toBe(1);
  expect(failed.join("\n")).toContain(complaint);
  expect(last).toMatchObject({ step: "boot", outcome: "failed" });
});
