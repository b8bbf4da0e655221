import { defineConfig } from "vitest/config";

const lifecycle = ["test/lifecycle/lifecycle.test.ts"];
/** They boot machines, or wait as long as a machine does before it gives up. */
const machines = [
  "core/aws/run-command-machine.test.ts",
  "image-builder/files/{boot,connector-watchdog,data-volume,wrong-token}.test.ts",
  "local/ec2/isolation/isolation.test.ts",
  "local/ec2/machine/machine.test.ts",
];
/** They run the workflows in an emulator, walk all their paths, or hold whole templates to CloudFormation's schemas. */
const definitions = [
  "test/stacks/{cfn-lint,every-configuration}.test.ts",
  "test/workflows/{health-workflows,paths,workflows}.test.ts",
];
const chaos = ["test/chaos/**/*.test.ts"];
/** Each run is another one, and what it finds stays broken for those after it: a search, and no gate. */
const random = ["test/chaos/random-faults.test.ts"];

/** Takes minutes and gigabytes: for figures, and after a change of what is bounded. */
const load = ["test/load/**/*.test.ts"];

const onParts = {
  globalSetup: "test/support/shared-ministack.ts",
  // Several times what the slowest takes alone: beside others it takes as long as they let it.
  testTimeout: 60_000,
  hookTimeout: 120_000,
};
/** On a stage, everything takes as long as it takes to boot a machine. */
const onStage = { testTimeout: 180_000, hookTimeout: 120_000 };

const onFleet = {
  globalSetup: ["test/support/local-stage.ts", "test/chaos/fleet-setup.ts"],
  ...onStage,
  // One fleet serves all files.
  fileParallelism: false,
  testTimeout: 300_000,
  sequence: { groupOrder: 2 },
};

export default defineConfig({
  test: {
    // One more than processors: most of the time, tests wait for processes of their own.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: "parts",
          include: ["{bin,core,lambdas,lib,local,operations,image-builder,test}/**/*.test.ts"],
          exclude: [...machines, ...definitions, ...lifecycle, ...chaos, ...load],
          ...onParts,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "definitions",
          include: definitions,
          ...onParts,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "machines",
          include: machines,
          ...onParts,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "lifecycle",
          include: lifecycle,
          globalSetup: "test/support/local-stage.ts",
          ...onStage,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "chaos",
          include: chaos,
          exclude: random,
          ...onFleet,
        },
      },
      {
        test: {
          name: "random",
          include: random,
          ...onFleet,
        },
      },
      {
        test: {
          name: "load",
          include: load,
          globalSetup: "test/support/local-stage.ts",
          ...onStage,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          name: "bench",
          include: ["bench/**/*.test.ts"],
          // What is measured has the machine to itself.
          fileParallelism: false,
          testTimeout: 300_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
