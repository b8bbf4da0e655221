// No circles between folders: a run of its own without the tests, because they may import across rooms.
import type { IConfiguration } from "dependency-cruiser";
import imports from "./imports.config.ts";

const config: IConfiguration = {
  forbidden: [
    {
      name: "no-circles-of-rooms",
      comment: "Imports of types count too: move what both need into a room below them.",
      severity: "error",
      scope: "folder",
      from: {},
      to: { circular: true },
    },
  ],
  options: { ...imports.options, exclude: ["[.]test[.]ts$", "^test/", "^bench/"] },
};

export default config;
