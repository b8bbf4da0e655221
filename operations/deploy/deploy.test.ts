import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
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
  return { cdk, calls };
};

const request: DeployRequest = { stage: "local", unattended: false, cdkOptions: [] };

it("deploys all stacks of the stage, and answers their outputs", async () => {
  const { cdk, calls } = testCdk();

  expect(await deploy(request, cdk)).toEqual(outputs);
  expect(calls).toEqual([
    ["deploy", "--all", "--context", "stage=local", "--outputs-file", "cdk.out/local-outputs.json"],
  ]);
});

it("lets the CDK ask nothing when unattended, and hands on its options last", async () => {
  const { cdk, calls } = testCdk();

  await deploy({ ...request, unattended: true, cdkOptions: ["--method", "direct"] }, cdk);

  expect(calls[0]?.slice(-4)).toEqual(["--require-approval", "never", "--method", "direct"]);
});

it("says that it did not end well", async () => {
  const { cdk } = testCdk(3);

  await expect(deploy(request, cdk)).rejects.toThrow("cdk deploy ended with exit code 3");
});

it("starts nothing for a stage without a configuration", async () => {
  const { cdk, calls } = testCdk();

  await expect(deploy({ ...request, stage: "nowhere" }, cdk)).rejects.toThrow(
    "config/nowhere.json does not exist",
  );
  expect(calls).toEqual([]);
});
