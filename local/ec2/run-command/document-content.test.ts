import { expect, test } from "vitest";
import { restartUnit, script } from "../../../test/support/ec2/test-documents.ts";
import { parseContent, scriptOf } from "./document-content.ts";

const parse = (content: object) => parseContent(JSON.stringify(content));

test("a script is the step's lines with the parameters' values in their places", () => {
  const content = parse(script(["echo {{ word }}", "echo {{word}} again"]));

  expect(scriptOf(content, { word: ["hello"] })).toEqual({
    text: "echo hello\necho hello again",
    timeoutSeconds: 60,
  });
  expect(scriptOf(content, {}).text).toContain("echo nothing");
});

test.each([
  [600, 600],
  ["600", 600],
  [4, 3_600],
  [200_000, 3_600],
])("of timeoutSeconds %j the agent makes %i", (given, expected) => {
  expect(scriptOf(parse(script(["true"], given)), {}).timeoutSeconds).toBe(expected);
});

test.each([
  ["beyond the allowed values", { unit: ["sshd"] }, /allowed are warren-connector, warren-app/],
  ["that only begins like an allowed one", { unit: ["warren-app; reboot"] }, /allowed are/],
  ["of another name", { unit: ["warren-app"], units: ["warren-app"] }, /no parameter units/],
  ["twice", { unit: ["warren-app", "warren-connector"] }, /takes one value/],
  ["not at all", {}, /unit is required/],
])("refuses a value %s", (_, given: Record<string, string[]>, expected) => {
  const content = parse(restartUnit);

  expect(() => scriptOf(content, given)).toThrow(expected);
});

test.each([
  ["a parameter that it does not declare", script(["echo {{ other }}"]), /other is not declared/],
  [
    "another kind of step",
    { ...restartUnit, mainSteps: [{ action: "aws:runDocument" }] },
    /aws:runShellScript/,
  ],
  ["another schema", { ...restartUnit, schemaVersion: "1.2" }, /schemaVersion/],
])("refuses a document with %s", (_, content, expected) => {
  expect(() => parse(content)).toThrow(expected);
});
