import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { ensurePythonEnvironment } from "../../local/aws/python-environment.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const requirementsFile = join(repository, "image-builder/requirements.txt");
const programs = globSync("image-builder/**/*.sh", { cwd: repository }).filter(
  (file) => !file.includes("/lib/"),
);
const shims = globSync("local/ec2/machine/bin/*", { cwd: repository });

let shellcheck: string;

beforeAll(async () => {
  const { bin } = await ensurePythonEnvironment({ name: "shellcheck", requirementsFile });
  shellcheck = join(bin, "shellcheck");
}, 120_000);

test("shellcheck finds nothing in the scripts and what they source", async () => {
  const options = ["--external-sources", "--check-sourced", "--source-path=SCRIPTDIR", "--severity=style"];

  const { stdout } = await execa(shellcheck, [...options, ...programs, ...shims], {
    cwd: repository,
    reject: false,
  });

  expect(programs).toContain("image-builder/files/boot.sh");
  expect(stdout).toBe("");
});

test.each([...programs, ...shims])("%s stops at the first error, and shows no command as it runs", (file) => {
  const script = readFileSync(join(repository, file), "utf8");

  expect(script).toMatch(/^#!\/usr\/bin\/env bash\n/);
  expect(script).toMatch(/^set -euo pipefail$/m);
  expect(script).not.toMatch(/set -\w*x|xtrace|\bbash -\w*x/);
});

test("every part of the boot script is sourced", () => {
  const boot = readFileSync(join(repository, "image-builder/files/boot.sh"), "utf8");

  const parts = globSync("image-builder/files/lib/*.sh", { cwd: repository });

  for (const part of parts) expect(boot).toContain(`source "$here/lib/${part.split("/").at(-1)}"`);
});
