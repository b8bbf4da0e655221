import { expect, test } from "vitest";
import { componentOf } from "./component-documents.ts";

test("a component's version is another one for whatever makes it another component, and the same for the same", () => {
  const versionOf = (name: string, text: string, prefix = "warren-staging") =>
    componentOf({ name, text }, prefix).version;

  expect(versionOf("tools", "a")).toBe(versionOf("tools", "a"));
  const versions = [
    versionOf("tools", "a"),
    versionOf("tools", "b"),
    versionOf("files", "a"),
    versionOf("tools", "a", "warren-production"),
  ];
  expect(new Set(versions).size).toBe(versions.length);
});
