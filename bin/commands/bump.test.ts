import { expect, test } from "vitest";
import { testSession } from "../../test/support/test-session.ts";
import { bumpCommand } from "./bump.ts";

const pin = { version: "18.4", digest: `sha256:${"1".repeat(64)}` };

const bumped = async (...options: string[]) => {
  const { session, stdout, stderr } = testSession();
  const command = bumpCommand(session, async () => pin);
  await command.parseAsync(["postgres", "18.4", ...options], { from: "user" });
  return { stdout: stdout.text(), stderr: stderr.text() };
};
const line = `image-builder/versions.json: postgres ${JSON.stringify(pin)}\n`;

test("bump says what the file has now", async () => {
  expect(await bumped()).toEqual({ stdout: line, stderr: "" });
});

test("bump gives the pin as JSON, alone on stdout", async () => {
  const { stdout, stderr } = await bumped("--json");

  expect(JSON.parse(stdout)).toEqual({ name: "postgres", ...pin });
  expect(stderr).toBe(line);
});
