// CloudFormation's own schemas, as near to a real deploy as one gets without an account.
import { globSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { ensurePythonEnvironment } from "../../local/aws/python-environment.ts";
import { newStage, production, staging } from "./synthesised.ts";

const lint = "import sys; from cfnlint.runner import main; sys.exit(main())";
/** CDK names dependencies that a reference implies already. */
const ignored = ["--ignore-checks", "W3005"];

describe("the templates of production and staging", () => {
  let python = "";
  beforeAll(async () => {
    const requirementsFile = join(import.meta.dirname, "requirements.txt");
    ({ python } = await ensurePythonEnvironment({ name: "cfn-lint", requirementsFile }));
  }, 120_000);

  it("fit the schemas of CloudFormation", async () => {
    const templates = [production, staging].flatMap((config) => {
      const { directory } = newStage(config).app.synth();
      return globSync(join(directory, "*.template.json"));
    });

    const { stdout } = await execa(python, ["-c", lint, ...ignored, "--", ...templates], { reject: false });

    expect(templates).toHaveLength(13);
    expect(stdout).toBe("");
  }, 120_000);
});
