import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { editTenantImage } from "./edit-tenant-image.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "warren-edit-"));
  file = join(directory, "production.json");
});
afterEach(() => rmSync(directory, { recursive: true }));

it("changes the one value, and leaves the text around it as it was written", () => {
  writeFileSync(file, '{ "machine":   {"tenantImage": "app@old"  ,\n"port": 8080} }');

  editTenantImage(file, "app@old", "app@new");

  expect(readFileSync(file, "utf8")).toBe('{ "machine":   {"tenantImage": "app@new"  ,\n"port": 8080} }');
});

it.each(['{"a": "app@other"}', '{"a": "app@old", "b": "app@old"}'])("leaves %s to its owner", (text) => {
  writeFileSync(file, text);

  expect(() => editTenantImage(file, "app@old", "app@new")).toThrow(
    /set machine\.tenantImage to app@new by hand/,
  );

  expect(readFileSync(file, "utf8")).toBe(text);
});
