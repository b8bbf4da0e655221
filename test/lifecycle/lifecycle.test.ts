// All that is tested on the one stage, one suite after the other: in one file, which vitest runs beside the parts' files.
// Lives are mostly waited for, so that the parts have the processor meanwhile.
import { describe } from "vitest";

const suites = {
  mishaps: () => import("./mishaps.suite.ts"),
  "ten tenants": () => import("./ten-tenants.suite.ts"),
  "least privilege": () => import("./least-privilege.suite.ts"),
  "the front door": () => import("./front-door.suite.ts"),
  "a machine's secrets": () => import("./machine-secrets.suite.ts"),
  "a machine's reach": () => import("./machine-reach.suite.ts"),
};

describe.each(Object.entries(suites))("%s", async (_, suite) => void (await suite()));
