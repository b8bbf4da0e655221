import { describe, expect, it } from "vitest";
import type { LastWordsEntry } from "../../core/audit/audit-log.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, incarnation, sampleRow, taskInput } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { readConsole } from "./read-console.ts";

const input = { ...taskInput, execution: "acme-repair-1" };

const world = (row = sampleRow({ resources: { instanceId: "i-1" } }), said = "ERR it died\n") => {
  const audited: LastWordsEntry[] = [];
  const asked: string[] = [];
  return {
    audited,
    asked,
    tenants: memoryTenants([row]),
    console: {
      read: async (id: string) => {
        asked.push(id);
        return said;
      },
    },
    audit: { append: async (entry: LastWordsEntry) => void audited.push(entry) },
    clock: stillClock(),
  };
};

describe("read-console", () => {
  it("tells what the row's machine said last, and writes it into the audit", async () => {
    const deps = world();

    expect(await readConsole(input, deps)).toEqual({ lastWords: ["ERR it died"] });
    expect(deps.audited).toMatchObject([
      {
        slug: "acme",
        entry: `${incarnation.generation}#acme-repair-1#console`,
        reason: "last-words",
        instanceId: "i-1",
        lastWords: ["ERR it died"],
      },
    ]);
  });

  it.each([
    ["there was no machine yet", sampleRow(), "ERR"],
    ["the row is another incarnation's", sampleRow({ ...earlier, resources: { instanceId: "i-1" } }), "ERR"],
    ["the machine said nothing", undefined, ""],
  ])("says nothing where %s", async (_, row, said) => {
    const deps = world(row, said);

    expect(await readConsole(input, deps)).toEqual({ lastWords: [] });
    expect(deps.audited).toEqual([]);
  });
});
