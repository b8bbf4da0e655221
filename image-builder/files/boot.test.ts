import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tunnelTokenParameter } from "../../lambdas/common/names.ts";
import type { Metadata } from "../../local/ec2/machine/messages.ts";
import { metadataService } from "../../local/ec2/machine/metadata-service.ts";

const bootScript = fileURLToPath(new URL("boot.sh", import.meta.url));
const key = { stage: "staging", slug: "acme", generation: "01JEXAMPLE0000000000000000" };
const secretAccessKey = "secret+access/key";
const sessionToken = "session/token==";
const tunnelToken = "eyJhIjoidGhlIHR1bm5lbCB0b2tlbiJ9";

interface SsmRequest {
  headers: IncomingHttpHeaders;
  body: unknown;
}
type SsmAnswer = { status: number; body: object };

const refused: SsmAnswer = { status: 400, body: { __type: "AccessDeniedException", message: "not yet" } };
const missing: SsmAnswer = { status: 400, body: { __type: "com.amazonaws.ssm#ParameterNotFound" } };
const granted: SsmAnswer = { status: 200, body: { Parameter: { Value: tunnelToken } } };

let directory: string;
let servers: Server[];
/** What Parameter Store answers, call by call; its last answer stays. */
let answers: SsmAnswer[];
let requests: SsmRequest[];
let metadata: Metadata;

async function serve(server: Server): Promise<string> {
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const parameterStore = (): Server =>
  createServer(async (request, response) => {
    requests.push({ headers: request.headers, body: JSON.parse(await text(request)) });
    const { status, body } = (answers.length > 1 ? answers.shift() : answers[0]) ?? missing;
    response.writeHead(status).end(JSON.stringify(body));
  });

/** A program earlier on the PATH that writes down how it was called, then does `then`. */
async function shim(program: string, then: string): Promise<void> {
  const file = join(directory, "bin", program);
  await writeFile(
    file,
    `#!/usr/bin/env bash\nprintf '%s\\n' "${program} $*" >>"${directory}/calls"\n${then}\n`,
  );
  await chmod(file, 0o755);
}

const realProgram = async (program: string): Promise<string> => (await execa("which", [program])).stdout;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "warren-boot-"));
  await mkdir(join(directory, "bin"));
  await shim("systemctl", "");
  for (const program of ["curl", "jq"]) await shim(program, `exec ${await realProgram(program)} "$@"`);
  [servers, requests, answers] = [[], [], [granted]];
  const credentials = { AccessKeyId: "AKIDEXAMPLE", SecretAccessKey: secretAccessKey, Token: sessionToken };
  metadata = {
    httpTokens: "required",
    httpEndpoint: "enabled",
    entries: {
      "meta-data/instance-id": "i-0123456789abcdef0",
      "meta-data/placement/region": "eu-central-1",
      "meta-data/tags/instance/warren:stage": key.stage,
      "meta-data/tags/instance/warren:slug": key.slug,
      "meta-data/tags/instance/warren:generation": key.generation,
      "meta-data/tags/instance/warren:hostname": "acme.example.test",
      "meta-data/iam/security-credentials/tenant-machine": JSON.stringify(credentials),
    },
  };
});

afterEach(async () => {
  for (const server of servers) server.close();
  await rm(directory, { recursive: true });
});

async function boot(deadlineSeconds = 5) {
  const { exitCode, stdout } = await execa("bash", [bootScript], {
    reject: false,
    extendEnv: false,
    env: {
      PATH: `${join(directory, "bin")}:${process.env.PATH}`,
      IMDS_ENDPOINT: await serve(metadataService(() => metadata)),
      AWS_ENDPOINT_URL_SSM: await serve(parameterStore()),
      RUN_DIRECTORY: join(directory, "run"),
      BOOT_DEADLINE_SECONDS: String(deadlineSeconds),
      BOOT_RETRY_SECONDS: "0.05",
    },
  });
  const steps = stdout.split("\n").map((line) => JSON.parse(line) as Record<string, string>);
  return { exitCode, stdout, steps, last: steps.at(-1) };
}

const runFile = (name: string): string => join(directory, "run", name);
const calls = async (program: string): Promise<string[]> =>
  (await readFile(join(directory, "calls"), "utf8")).split("\n").filter((line) => line.startsWith(program));

test("fetches the token for its tags, then starts connector and application", async () => {
  const { exitCode, last } = await boot();

  expect(exitCode).toBe(0);
  expect(last).toMatchObject({ step: "boot", outcome: "finished" });
  expect(requests[0]?.body).toEqual({ Name: tunnelTokenParameter(key), WithDecryption: true });
  expect(requests[0]?.headers).toMatchObject({
    "x-amz-target": "AmazonSSM.GetParameter",
    "x-amz-security-token": sessionToken,
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d+\/eu-central-1\/ssm\//,
    ),
  });
  expect(await calls("systemctl")).toEqual([
    "systemctl start warren-connector",
    "systemctl start warren-app",
  ]);
});

test("leaves the token and the identity to the units, and nothing else", async () => {
  await boot();

  expect(await readFile(runFile("tunnel-token"), "utf8")).toBe(tunnelToken);
  expect((await stat(runFile("tunnel-token"))).mode & 0o077).toBe(0);
  expect((await readFile(runFile("tenant.env"), "utf8")).trim().split("\n")).toEqual([
    "TENANT_STAGE=staging",
    "TENANT_SLUG=acme",
    `TENANT_GENERATION=${key.generation}`,
    "TENANT_HOSTNAME=acme.example.test",
    "INSTANCE_ID=i-0123456789abcdef0",
  ]);
  expect((await readdir(join(directory, "run"))).toSorted()).toEqual(["tenant.env", "tunnel-token"]);
});

test("waits while the token is missing or refused, and says each reason once", async () => {
  answers = [missing, refused, refused, refused, granted];

  const { exitCode, steps } = await boot();

  expect(exitCode).toBe(0);
  expect(requests).toHaveLength(5);
  expect(steps.filter(({ outcome }) => outcome === "waiting").map(({ detail }) => detail)).toEqual([
    "ParameterNotFound (HTTP 400)",
    "AccessDeniedException (HTTP 400)",
  ]);
});

test("gives up at the deadline with the last reason, without a token file", async () => {
  answers = [refused];

  const { exitCode, last } = await boot(1);

  expect(exitCode).toBe(1);
  expect(last).toMatchObject({ step: "tunnel-token", outcome: "failed" });
  expect(last?.detail).toContain("AccessDeniedException");
  expect(existsSync(runFile("tunnel-token"))).toBe(false);
});

test.each([
  ["is missing", undefined],
  ["could name another parameter", "../other"],
])("refuses to boot when the slug's tag %s", async (_, slug) => {
  const tag = "meta-data/tags/instance/warren:slug";
  if (slug === undefined) delete metadata.entries[tag];
  else metadata.entries[tag] = slug;

  const { exitCode, last } = await boot(0);

  expect(exitCode).toBe(1);
  expect(last).toMatchObject({ step: "identity", outcome: "failed" });
  expect(requests).toEqual([]);
});

test("shows no secret on the console or in any program's arguments", async () => {
  answers = [refused, granted];

  const { stdout } = await boot();

  const seen = stdout + (await readFile(join(directory, "calls"), "utf8"));
  for (const secret of [secretAccessKey, sessionToken, tunnelToken]) expect(seen).not.toContain(secret);
  expect(await calls("curl")).not.toEqual([]);
});
