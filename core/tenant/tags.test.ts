import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tagKeys } from "./tags.ts";

const repository = join(import.meta.dirname, "../..");
const rooms = "{bin,core,lambdas,lib,local,operations,image-builder}/**/*.{ts,sh,py}";
/** The machine's script spells its own, in a list; the tests of its boot hold it to ours. */
const script = "image-builder/files/lib/identity.sh";
const sources = globSync(rooms, { cwd: repository }).filter(
  (file) => !file.endsWith(".test.ts") && !["core/tenant/tags.ts", script].includes(file),
);
const filesWith = (pattern: RegExp): string[] =>
  sources.filter((file) => pattern.test(readFileSync(join(repository, file), "utf8")));

describe("what everything of ours is known by", () => {
  it("are tag keys that no other file spells: it would take tagKeys", () => {
    const ours = Object.values(tagKeys).filter((key) => key.startsWith("warren:"));

    expect(sources.length).toBeGreaterThan(300);
    expect(filesWith(new RegExp(`\\b(${ours.join("|")})\\b`))).toEqual([]);
  });

  it("are parameters whose path two files spell: the function, and the script that is tested against it", () => {
    expect(filesWith(/warren\/\$/).toSorted()).toEqual([
      "core/tenant/names.ts",
      "image-builder/files/lib/secrets.sh",
    ]);
  });
});
