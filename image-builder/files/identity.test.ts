import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { instanceTagsOf } from "../../core/machine/machine-contract.ts";
import { firstCharacters, slugLength } from "../../core/tenant/slug.ts";

const script = join(import.meta.dirname, "lib/identity.sh");

/** Of each word, whether the machine takes it for its slug. */
const takenByTheMachine = async (words: string[]): Promise<boolean[]> => {
  const lines = [
    'source "$1"; shift',
    "fail() { exit 1; }",
    "stage=s generation=g hostname=h instance_id=i region=r",
    'for slug in "$@"; do (check_identity) && echo true || echo false; done',
  ];
  const { stdout } = await execa("bash", ["-c", lines.join("\n"), "identity", script, ...words]);
  return stdout.split("\n").map((line) => line === "true");
};

const takenByTheLaunch = (slug: string): boolean => {
  const key = { stage: "staging", slug, generation: "01KASMPMXW5X0H3V0PM8NYQJ5D" };
  try {
    instanceTagsOf(key, "acme.example.test");
    return true;
  } catch {
    return false;
  }
};

test("a machine refuses a slug that could name another file or parameter, exactly where its launch does", async () => {
  const characters = Array.from({ length: 0x7e - 0x20 }, (_, index) => String.fromCharCode(0x20 + index));
  const words = ["", "a\nb", "a/../b", "ä", ...characters.map((character) => `a${character}b`)];

  const taken = await takenByTheMachine(words);

  expect(taken).toEqual(words.map(takenByTheLaunch));
});

test("a machine takes every slug that a tenant may have", async () => {
  const longest = firstCharacters.padEnd(slugLength.longest, "-0");

  expect(await takenByTheMachine([longest, ...firstCharacters])).not.toContain(false);
});
