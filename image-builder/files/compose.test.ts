import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import {
  dataDirectory,
  imageVariables,
  runDirectory,
  secretFiles,
} from "../../core/machine/machine-contract.ts";
import { configSchema } from "../../lib/config/config.ts";

const file = fileURLToPath(new URL("compose.yaml", import.meta.url));
const appUser = "970:970";

const healthcheck = z.strictObject({
  test: z.tuple([z.literal("CMD")], z.string()),
  interval: z.string(),
  timeout: z.string(),
  retries: z.int(),
});
const volume = z.strictObject({
  type: z.literal("bind"),
  source: z.string(),
  target: z.string(),
  bind: z.strictObject({ create_host_path: z.boolean() }),
});
/** What of the Compose Specification (compose-spec.io) is used here: a misspelt key is an error, as it is to compose. */
const service = z.strictObject({
  image: z.string(),
  user: z.string(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  read_only: z.boolean(),
  pids_limit: z.int(),
  restart: z.string(),
  logging: z.strictObject({ driver: z.string(), options: z.record(z.string(), z.string()) }),
  networks: z.array(z.string()),
  volumes: z.array(volume),
  env_file: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  command: z.array(z.string()).optional(),
  secrets: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  tmpfs: z.array(z.string()).optional(),
  shm_size: z.string().optional(),
  stop_grace_period: z.string().regex(/^\d+s$/),
  healthcheck: healthcheck.optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal("service_healthy") })).optional(),
});
const composeFile = z.strictObject({
  name: z.string(),
  "x-confined": z.unknown(),
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.strictObject({ internal: z.boolean().optional() })),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});

let source: string;
let compose: z.output<typeof composeFile>;

beforeAll(async () => {
  source = await readFile(file, "utf8");
  compose = composeFile.parse(parse(source, { merge: true }));
});

const services = () => Object.entries(compose.services);

test("every secret is a file of the boot script's, mounted only where it is read", () => {
  const app = Object.entries(secretFiles).filter(([, { owner }]) => owner === "warren-app");

  expect(compose.secrets).toEqual(
    Object.fromEntries(app.map(([name]) => [name, { file: `${runDirectory}/${name}` }])),
  );
  expect(services().map(([name, { secrets = [] }]) => [name, secrets])).toEqual([
    ["app", ["admin-token", "database-password"]],
    ["postgres", ["database-password"]],
    ["redis", []],
  ]);
});

test("no secret is in an environment or on a command line: only names of files are", () => {
  const environments = services().flatMap(([, { environment = {} }]) => Object.entries(environment));

  const telling = environments.filter(([name]) => /password|token|secret/i.test(name));

  expect(telling.length).toBeGreaterThan(0);
  for (const [name, value] of telling) {
    expect(name).toMatch(/_FILE$/);
    expect(value).toMatch(/^\/run\/secrets\//);
  }
});

test("every container is confined, and runs as the one user that reads the secrets", () => {
  for (const [, confined] of services()) {
    expect(confined).toMatchObject({
      user: appUser,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      read_only: true,
    });
  }
});

test("no container shares the machine's network, where the metadata service answers", () => {
  expect(source).not.toMatch(/network_mode|extra_hosts|privileged|pid:/);
  for (const [, { networks }] of services()) {
    for (const network of networks) expect(compose.networks).toHaveProperty(network);
  }
});

test("only the application has a way out, and only the machine's loopback a way in", () => {
  expect(compose.networks).toEqual({ outside: {}, data: { internal: true } });
  expect(compose.services.app?.networks).toEqual(["outside", "data"]);
  expect(compose.services.app?.ports).toEqual([
    expect.stringMatching(/^127\.0\.0\.1:\$\{APP_PORT:.*\}:8080$/),
  ]);
  for (const name of ["postgres", "redis"]) {
    expect(compose.services[name]?.networks).toEqual(["data"]);
    expect(compose.services[name]?.ports).toBeUndefined();
  }
});

test("all data is on the data volume, and nothing is made in its place", () => {
  for (const [name, { volumes }] of services()) {
    expect(volumes).toEqual([
      expect.objectContaining({ source: `${dataDirectory}/${name}`, bind: { create_host_path: false } }),
    ]);
  }
});

test("nothing starts before the boot script says so, not even after a reboot", () => {
  for (const [, { restart }] of services()) expect(restart).toBe("on-failure");
});

test("nothing is killed while it still stops: the unit and the engine wait for the application and then its database", async () => {
  const grace = (name: string) => Number.parseInt(compose.services[name]?.stop_grace_period ?? "", 10);
  const unit = await readFile(new URL("units/warren-app.service", import.meta.url), "utf8");
  const engine = JSON.parse(await readFile(new URL("config/docker-daemon.json", import.meta.url), "utf8"));

  const together = grace("app") + Math.max(grace("postgres"), grace("redis"));

  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(together);
  expect(engine["shutdown-timeout"]).toBeGreaterThanOrEqual(together);
});

test("the containers' networks are clear of every range that a stage's network may have", async () => {
  const engine = JSON.parse(await readFile(new URL("config/docker-daemon.json", import.meta.url), "utf8"));
  const ranges = [engine.bip, ...engine["default-address-pools"].map(({ base }: { base: string }) => base)];
  const local = JSON.parse(await readFile(new URL("../../config/local.json", import.meta.url), "utf8"));

  for (const range of ranges) {
    const cidr = range.replace(/\.1\//, ".0/");
    expect(configSchema.safeParse({ ...local, network: { ...local.network, cidr } }).success).toBe(false);
    // Nor is it what the metadata service or loopback has.
    expect(range).not.toMatch(/^(169\.254|127)\./);
  }
  expect(configSchema.safeParse(local).success).toBe(true);
});

test("every variable is one that the image's build writes", () => {
  const used = [...source.matchAll(/\$\{(\w+)/g)].map(([, name]) => name);

  expect(new Set(used)).toEqual(new Set(["TENANT_IMAGE", "POSTGRES_IMAGE", "REDIS_IMAGE", "APP_PORT"]));
  for (const name of used) expect(imageVariables.shape).toHaveProperty(name ?? "");
});

const dockerCompose = await execa("docker", ["compose", "version"], { reject: false });
const whyNot = dockerCompose.exitCode === 0 ? "" : " (skipped: there is no docker compose here)";

describe.skipIf(whyNot)(`docker compose${whyNot}`, () => {
  test("takes the file as it is", async () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const env = {
      TENANT_IMAGE: `app@${digest}`,
      POSTGRES_IMAGE: `pg@${digest}`,
      REDIS_IMAGE: `redis@${digest}`,
    };

    const { exitCode, stderr } = await execa(
      "docker",
      ["compose", "--file", file, "config", "--quiet", "--no-env-resolution"],
      { env: { ...env, APP_PORT: "8080" }, reject: false },
    );

    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });
});
