import { defineConfig } from "vitest/config";

const lifecycle = ["test/lifecycle/**/*.test.ts"];

export default defineConfig({
  test: {
    // Many tests wait for processes of their own: one worker a core, the default is one less.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "parts",
          include: ["{lambdas,lib,local,image-builder,test}/**/*.test.ts"],
          exclude: lifecycle,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "lifecycle",
          include: lifecycle,
          globalSetup: "test/lifecycle/global-setup.ts",
          // One stage serves them all, on two cores.
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
