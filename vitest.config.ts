import { defineConfig } from "vitest/config";

const lifecycle = ["test/lifecycle/lifecycle.test.ts"];
const chaos = ["test/chaos/**/*.test.ts"];

/** On a stage, everything takes as long as it takes to boot a machine. */
const onStage = { testTimeout: 180_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    // Two for the parts, which wait for processes of their own, and one for the lifecycle, which waits for machines.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: "parts",
          include: ["{bin,core,lambdas,lib,local,operations,image-builder,test}/**/*.test.ts"],
          exclude: [...lifecycle, ...chaos],
          globalSetup: "test/support/shared-ministack.ts",
          testTimeout: 30_000,
          hookTimeout: 60_000,
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
          globalSetup: ["test/support/local-stage.ts", "test/chaos/fleet-setup.ts"],
          ...onStage,
          // One fleet serves all files.
          fileParallelism: false,
          testTimeout: 300_000,
          sequence: { groupOrder: 2 },
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
