import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseArguments } from "../../connector/arguments.ts";
import { chooseConnector } from "./connectors.ts";

const place = {
  edgeAddress: "198.51.100.2:7844",
  caFile: "/state/edge-ca.pem",
  tokenFile: "/run/warren/tunnel-token",
  metricsPort: 20241,
};

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "warren-connectors-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

const putCloudflaredOnThePath = async (): Promise<string> => {
  const file = join(directory, "cloudflared");
  await writeFile(file, "#!/bin/sh\necho 'cloudflared version 2026.8.2 (built 2026-08-20)'\n");
  await chmod(file, 0o755);
  vi.stubEnv("PATH", `${directory}:${process.env.PATH}`);
  return file;
};

test("cloudflared on the PATH is what machines in namespaces run, by its own flags alone", async () => {
  const cloudflared = await putCloudflaredOnThePath();

  const { name, command } = await chooseConnector("namespace");

  expect(name).toBe("cloudflared 2026.8.2");
  expect(command(place).slice(0, 2)).toEqual([cloudflared, "tunnel"]);
  expect(command(place)).not.toContain("--origin");
});

test("without cloudflared they run ours, by the same flags", async () => {
  vi.stubEnv("PATH", directory);

  const { name, command } = await chooseConnector("namespace");

  expect(name).toBe("local/connector");
  expect(parseArguments(command(place).slice(2))).toMatchObject({
    edges: [place.edgeAddress],
    metrics: "127.0.0.1:20241",
    origin: undefined,
  });
});

test("machines that share one loopback run ours, which can be told their application's port", async () => {
  await putCloudflaredOnThePath();

  const { name, command } = await chooseConnector("process");

  expect(name).toBe("local/connector");
  const options = parseArguments(command({ ...place, originUrl: "http://127.0.0.1:20001" }).slice(2));
  expect(options.origin).toBe("http://127.0.0.1:20001");
});
