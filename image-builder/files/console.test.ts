import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";
import { consoleLine } from "../../core/machine/machine-contract.ts";

const library = fileURLToPath(new URL("lib/console.sh", import.meta.url));

const lineOf = async (...words: string[]): Promise<string> => {
  const { stdout } = await execa("bash", ["-euc", 'source "$0"; say "$@"', library, ...words]);
  return stdout;
};

test.each([
  ["plain words", "i-0123 is acme.example.test, generation 01KASMPM"],
  ["quotes and backslashes", 'a tag is malformed: "\\n" and \\"'],
  ["what a shell would read", "$HOME `id` $(id) * ? [a] ! %s %(%F)T"],
  ["control characters", "a\tb\nc\u001b[31m\u007f"],
  ["letters of other languages", "Größe, 大きさ"],
])("%s come out of a line as they went in", async (_, detail) => {
  const line = await lineOf("identity", "failed", detail);

  expect(line.split("\n")).toHaveLength(1);
  const { at, ...event } = consoleLine.parse(JSON.parse(line));
  expect(event).toEqual({ unit: "warren-boot", step: "identity", outcome: "failed", detail });
  expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000);
});

test("a line without a detail has none", async () => {
  const event = JSON.parse(await lineOf("identity", "started"));

  expect(Object.keys(event)).toEqual(["at", "unit", "step", "outcome"]);
});

test("a line reads the same whether or not it needed jq", async () => {
  const [plain, other] = [await lineOf("boot", "finished", "e"), await lineOf("boot", "finished", "é")];

  const withoutTime = (line: string) => line.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, "");
  expect(withoutTime(plain)).toBe(withoutTime(other).replace("é", "e"));
});
