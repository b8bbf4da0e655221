import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { newProgram } from "../../bin/program.ts";
import { doubtfulErrorNames, permanentErrorNames, transientErrorNames } from "../../core/errors.ts";
import { rungs } from "../../core/repair/rungs.ts";
import { tenantStatus } from "../../core/tenant/status.ts";
import { healthCauses } from "../../core/tenant/tenant.ts";
import { runbookSections } from "../../lib/runbook.ts";
import { testSession } from "../support/test-session.ts";
import { codeBlocks, headings, linksOf, read, readAll, warrenLines } from "./documents.ts";

const runbook = read("docs/runbook.md");
const sources = globSync([
  "{bin,core,image-builder,lambdas,lib,local,operations}/**/*.{ts,sh}",
  "state-machines/*.json",
])
  .filter((path) => !path.endsWith(".test.ts"))
  .map((path) => readFileSync(path, "utf8"))
  .join("\n");
const all = (pattern: RegExp, text: string): string[] =>
  [...new Set([...text.matchAll(pattern)].map(([, found = ""]) => found))].toSorted();

const program = newProgram(testSession().session);

const isCommand = (verb: string, options: string[]): boolean => {
  const command = program.commands.find((one) => one.name() === verb);
  const known = [...(command?.options ?? []).map(({ long }) => long), "--help"];
  return command !== undefined && options.every((option) => known.includes(option));
};

describe("the runbook", () => {
  test.each(runbookSections)("has the section %s, to which alarms send", (section) => {
    expect(runbook.anchors).toContain(section);
  });

  test.each(healthCauses)("says of the cause %s what it means and what to do", (cause) => {
    expect(runbook.text).toMatch(new RegExp(`^\\| <a id="cause-${cause}"></a>\`${cause}\` \\|`, "m"));
  });

  // The last is Step Functions' own word, which may stand in a row as well.
  test.each([...transientErrorNames, ...doubtfulErrorNames, ...permanentErrorNames, "States.Timeout"])(
    "says of %s what happened and what to do",
    (error) => {
      const anchor = error.toLowerCase().replace(".", "");
      expect(runbook.text).toContain(`| <a id="${anchor}"></a>\`${error}\` |`);
    },
  );

  test.each([...rungs, ...tenantStatus.options])("knows the rung or status %s", (name) => {
    expect(runbook.text).toContain(`\`${name}\``);
  });

  test("names no error that does not exist", () => {
    const named = all(/`(\w+Error)`/g, runbook.text);
    const known = [...transientErrorNames, ...doubtfulErrorNames, ...permanentErrorNames];
    expect(named.filter((error) => !known.includes(error))).toEqual([]);
  });

  test("has every section that code sends to, by anchor or by heading", () => {
    const anchors = all(/docs\/runbook\.md#([a-z-]+)/g, sources);
    const named = all(/docs\/runbook\.md, section ([A-Z][^.,;)"`]+)/g, sources);

    expect(anchors).not.toEqual([]);
    expect(anchors.filter((anchor) => !runbook.anchors.has(anchor))).toEqual([]);
    expect(named.filter((heading) => !headings(runbook.text).includes(heading))).toEqual([]);
  });

  test("has commands that bash can read", () => {
    const blocks = codeBlocks(runbook.text);

    expect(blocks.length).toBeGreaterThan(10);
    for (const input of blocks) expect(() => execFileSync("bash", ["-n"], { input })).not.toThrow();
  });

  test("reads outputs that the stacks have, and logs of tasks that there are", () => {
    const outputs = all(/\boutput (\w+ \w+)/g, runbook.text).filter((named) => /^[A-Z]/.test(named));
    const missing = outputs.filter((named) => {
      const [stack = "", key = ""] = named.split(" ");
      const file = stack.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
      return !readFileSync(`lib/stacks/${file}.ts`, "utf8").includes(`new CfnOutput(this, "${key}"`);
    });
    const tasks = all(/`?\blog ([a-z]+-[a-z-]+)/g, runbook.text);

    expect(outputs.length).toBeGreaterThan(5);
    expect(missing).toEqual([]);
    expect(tasks.filter((task) => !existsSync(`lambdas/${task}`))).toEqual([]);
  });
});

describe.each(readAll().map((document) => [document.path, document] as const))("%s", (_, document) => {
  test("links to files and anchors that exist", () => {
    const broken = linksOf(document).filter(({ file, anchor }) => {
      if (!existsSync(file)) return true;
      return anchor !== "" && !read(file).anchors.has(anchor);
    });
    expect(broken).toEqual([]);
  });

  test("names npm scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
    const named = all(/\bnpm (?:run |(?=start\b|test\b))([\w:-]+)/g, document.text);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  test("names commands of warren, and options of theirs, that exist", () => {
    const unknown = warrenLines(document.text).filter(({ verb, options }) => !isCommand(verb, options));
    expect(unknown).toEqual([]);
  });
});

test("messages in the code name commands of warren, and options of theirs, that exist", () => {
  const named = warrenLines(sources);

  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ verb, options }) => !isCommand(verb, options))).toEqual([]);
});

test("README names every command of warren", () => {
  const named = warrenLines(read("README.md").text).map(({ verb }) => verb);
  expect(program.commands.map((command) => command.name()).filter((name) => !named.includes(name))).toEqual(
    [],
  );
});
