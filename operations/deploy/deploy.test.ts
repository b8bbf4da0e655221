import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { loadConfig } from "../../lib/config/load-config.ts";
import { shapeOf, shapeOutput } from "../../lib/config/network-shape.ts";
import { type Cdk, type DeployRequest, deploy } from "./deploy.ts";

const outputs = { "Warren-local-Api": { ApiUrl: "https://api.example.com/" } };

/** Ends with this exit code, and writes the outputs where it is told to. */
const testCdk = (exitCode = 0) => {
  const directory = mkdtempSync(join(tmpdir(), "warren-deploy-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const calls: string[][] = [];
  const cdk: Cdk = {
    directory,
    run: async (args) => {
      calls.push(args);
      mkdirSync(join(directory, "cdk.out"));
      writeFileSync(join(directory, args[args.indexOf("--outputs-file") + 1] ?? ""), JSON.stringify(outputs));
      return exitCode;
    },
  };
  return { cdk, calls, deployed: async () => undefined };
};

const request: DeployRequest = { stage: "local", unattended: false, cdkOptions: [] };

it("deploys all stacks of the stage, and answers their outputs", async () => {
  const { calls, ...deps } = testCdk();

  expect(await deploy(request, deps)).toEqual(outputs);
  expect(calls).toEqual([
    ["deploy", "--all", "--context", "stage=local", "--outputs-file", "cdk.out/local-outputs.json"],
  ]);
});

it("lets the CDK ask nothing when unattended, and hands on its options last", async () => {
  const { calls, ...deps } = testCdk();

  await deploy({ ...request, unattended: true, cdkOptions: ["--method", "direct"] }, deps);

  expect(calls[0]?.slice(-4)).toEqual(["--require-approval", "never", "--method", "direct"]);
});

it("says that it did not end well", async () => {
  const deps = testCdk(3);

  await expect(deploy(request, deps)).rejects.toThrow("cdk deploy ended with exit code 3");
});

it("starts nothing for a stage without a configuration", async () => {
  const { calls, ...deps } = testCdk();

  await expect(deploy({ ...request, stage: "nowhere" }, deps)).rejects.toThrow(
    "config/nowhere.json does not exist",
  );
  expect(calls).toEqual([]);
});

it.each([
  ["cidr", { cidr: "10.9.0.0/16" }, "network.cidr is deployed as 10.9.0.0/16, and is 10.20.0.0/16 now"],
  ["zones", { zones: 3 }, "network.zones is deployed as 3, and is 2 now"],
  ["egress", { egress: "nat" }, "network.egress is deployed as nat, and is none now"],
])("starts nothing where network.%s is not what is deployed, and says so", async (_, was, words) => {
  const { calls, ...deps } = testCdk();
  const shape = JSON.stringify({ ...shapeOf(loadConfig("local")), ...was });
  const deployed = async (stack: string) =>
    stack === "Warren-local-Network" ? { [shapeOutput]: shape } : undefined;

  await expect(deploy(request, { ...deps, deployed })).rejects.toThrow(words);

  expect(calls).toEqual([]);
});

it("deploys where the network is as it was, whichever its NAT is", async () => {
  const { calls, ...deps } = testCdk();
  const deployed = async () => ({ [shapeOutput]: JSON.stringify(shapeOf(loadConfig("local"))) });

  await deploy(request, { ...deps, deployed });

  expect(calls).toHaveLength(1);
});
