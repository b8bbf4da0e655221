import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { expect, test } from "vitest";
import { document } from "./document.ts";
import { markdownOf } from "./markdown.ts";

const file = join(import.meta.dirname, "..", "openapi.json");
const page = join(import.meta.dirname, "..", "..", "..", "docs", "api.md");

test("the committed description is what the code takes and answers (else: npx vitest run lambdas/api/contract -u)", async () => {
  await expect(`${JSON.stringify(document(), undefined, 2)}\n`).toMatchFileSnapshot(file);
});

test("docs/api.md says the same", async () => {
  await expect(markdownOf(document())).toMatchFileSnapshot(page);
});

test("the description is such as other tools read it", async () => {
  const config = await createConfig({ extends: ["recommended"] });

  const problems = await lintFromString({ source: await readFile(file, "utf8"), config });

  expect(problems.map(({ message, location: [at] }) => `${at?.pointer}: ${message}`)).toEqual([]);
});
