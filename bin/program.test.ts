import { existsSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { execa } from "execa";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { runWarren } from "../test/support/test-session.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const verbs = ["start", "synth", "deploy", "restore", "promote", "bump", "sizes"];

describe("warren", () => {
  it("lists its commands", async () => {
    const { exitCode, stdout, stderr } = await runWarren(["--help"]);

    expect([exitCode, stderr]).toEqual([0, ""]);
    for (const verb of verbs) expect(stdout).toMatch(new RegExp(`^ {2}${verb} `, "m"));
  });

  it("says its version", async () => {
    expect(await runWarren(["--version"])).toEqual({
      exitCode: 0,
      stdout: `${manifest.version}\n`,
      stderr: "",
    });
  });

  it.each(verbs)("has help for %s, asked for in either way", async (verb) => {
    const option = await runWarren([verb, "--help"]);
    const command = await runWarren(["help", verb]);

    expect(option).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(new RegExp(`^Usage: warren ${verb} `)),
      stderr: "",
    });
    expect(command).toEqual(option);
  });
});

/** A command line, and what is found and allowed. */
const wrong: [string, RegExp][] = [
  ["", /^warren: missing command\. Commands: start, synth, .*sizes$/],
  ["synht", /^warren: unknown command 'synht' \(Did you mean synth\?\)\. Commands: start, /],
  ["help synht", /^warren: unknown command 'synht'\. Commands: start, /],
  ["--oops", /^warren: unknown option '--oops'\. Allowed: --version, --help\./],
  [
    "start --oops",
    /^warren start: unknown option '--oops'\. Allowed: --once, --tenant, --first-port, --help\./,
  ],
  ["start here", /^warren start: too many arguments .* Usage: warren start \[options\]$/],
  ["start --tenant", /^warren start: option '--tenant <slug>' argument missing\./],
  ["start --first-port abc", /'abc' is invalid\. Allowed is a whole number from 1024 to 65531\.$/],
  ["start --first-port 80", /'80' is invalid\. Allowed is a whole number from 1024 to 65531\.$/],
  ["start --first-port 65532", /'65532' is invalid\. Allowed is a whole number from 1024 to 65531\.$/],
  ["start --first-port 6563", /'6563' is invalid\. Browsers and fetch refuse port 6566 of that block/],
  ["start --first-port 4566.5", /'4566\.5' is invalid\. Allowed is a whole number from 1024 to 65531\.$/],
  ["synth --oops", /^warren synth: unknown option '--oops'\. Allowed: --output, --json, --help\./],
  ["synth --jsn", /unknown option '--jsn' \(Did you mean --json\?\)/],
  ["synth local nowhere", /^config\/nowhere\.json does not exist; its directory has local\.json/],
  ["synth --output", /^warren synth: option '--output <directory>' argument missing\./],
  ["deploy", /^warren deploy: missing required argument 'stage'\. Usage: warren deploy \[options\] <stage>/],
  [
    "deploy local --oops",
    /unknown option '--oops'\. Allowed: --yes, --json, --help\. Usage: .* \[-- <options of/,
  ],
  ["deploy nowhere --yes", /^config\/nowhere\.json does not exist/],
  ["deploy staging.example", /'staging\.example' is invalid .* to be copied, not to be deployed\.$/],
  ["deploy local production --yes", /'production' is invalid .*One stage at a time/],
  ["deploy local", /^This changes stage local, and stdin is no terminal to ask on\. To do it: --yes$/],
  ["start --tenant X_Y", /^warren start: .*'X_Y' is invalid.* Allowed: a-z, 0-9 and inner hyphens/],
  ["restore staging No", /^warren restore: .*'No' is invalid.* Allowed: 3 to 40 characters; a-z, 0-9/],
  ["restore", /^warren restore: missing required argument 'stage'\. Usage: .* <stage> <slug> \[snapshot\]$/],
  ["restore staging", /^warren restore: missing required argument 'slug'\. Usage: /],
  [
    "restore staging acme --force",
    /^warren restore: unknown option '--force'\. Allowed: --no-wait, --again, --yes/,
  ],
  [
    "restore a b snap-0123456789abcdef0 more",
    /^warren restore: too many arguments .*: a, b, snap-\w+, more\. Usage: /,
  ],
  [
    "restore staging acme snap-1",
    /'snap-1' is invalid .* Allowed is an id such as snap-0123456789abcdef0\.$/,
  ],
  ["restore nowhere acme", /^config\/nowhere\.json does not exist/],
  ["restore staging acme snap-0123456789abcdef0", /^This changes the data of acme on staging, .* --yes$/],
  [
    "promote",
    /^warren promote: missing required argument 'from'\. Usage: warren promote \[options\] <from> <to>$/,
  ],
  ["promote staging", /^warren promote: missing required argument 'to'\. Usage: /],
  [
    "promote staging production more",
    /^warren promote: too many arguments .*: staging, production, more\. Usage: /,
  ],
  [
    "promote staging production --oops",
    /unknown option '--oops'\. Allowed: --dry-run, --yes, --json, --help/,
  ],
  ["promote local nowhere --dry-run", /^config\/nowhere\.json does not exist/],
  ["promote staging production", /^This changes stage production, .* --yes$/],
  [
    "bump",
    /^warren bump: missing required argument 'name'\. Usage: warren bump \[options\] <name> <version>$/,
  ],
  ["bump postgres", /^warren bump: missing required argument 'version'\. Usage: /],
  ["bump postgre 18", /'postgre' is invalid .* choices are cloudflared, docker-compose, postgres, redis\.$/],
  ["bump postgres 18 --oops", /unknown option '--oops'\. Allowed: --another-major, --json, --help/],
  ["sizes all", /^warren sizes: too many arguments .* Usage: warren sizes \[options\]$/],
  ["sizes --oops", /^warren sizes: unknown option '--oops'\. Allowed: --json, --help/],
];

describe("a wrong command line", () => {
  it.each(wrong)("warren %s is told in one line, and nothing is done", async (line, told) => {
    const { exitCode, stdout, stderr } = await runWarren(line.split(" ").filter(Boolean));

    const [only, ...more] = stderr.split("\n");
    expect(only).toMatch(told);
    expect({ exitCode, stdout, more }).toEqual({ exitCode: 2, stdout: "", more: [""] });
  });
});

describe("bin/warren", () => {
  it("helps without loading what only the work needs", async () => {
    const hooks = `import { registerHooks } from "node:module";
      registerHooks({ resolve: (name, context, next) => {
        if (/^(aws-cdk-lib|esbuild|execa|listr2|@aws-sdk|cloudflare)/.test(name)) throw new Error(name);
        return next(name, context);
      } });`;
    const loader = `data:text/javascript,${encodeURIComponent(hooks)}`;
    const run = (argument: string) =>
      execa("node", ["--import", loader, `${import.meta.dirname}/warren.ts`, argument], { reject: false });

    const [help, work] = await Promise.all([run("--help"), run("sizes")]);

    expect(help).toMatchObject({ exitCode: 0, stderr: "" });
    expect(work).toMatchObject({ exitCode: 1, stderr: "Error: esbuild. With WARREN_STACK=1 it says where." });
  });

  it("brings its own Node, from wherever it is run", async () => {
    const PATH = "/usr/bin:/bin";
    const run = (...args: string[]) =>
      execa(`${import.meta.dirname}/warren`, args, {
        cwd: "/",
        env: { PATH },
        extendEnv: false,
        reject: false,
      });

    const [version, wrong] = await Promise.all([run("--version"), run("synth", "--oops")]);

    expect(version).toMatchObject({ exitCode: 0, stdout: manifest.version, stderr: "" });
    expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
    expect(wrong.stderr).toMatch(/^warren synth: unknown option '--oops'[^\n]*$/);
  });
});

describe("results as JSON", () => {
  it("are templates by configuration", async () => {
    const output = mkdtempSync(join(tmpdir(), "warren-synth-"));
    onTestFinished(() => rmSync(output, { recursive: true }));
    vi.stubEnv("CDK_VALIDATION", "false");

    const { stdout } = await runWarren(["synth", "local", "--output", output, "--json"]);

    const [{ configuration, directory, stacks }] = JSON.parse(stdout);
    expect({ configuration, directory }).toEqual({
      configuration: "local",
      directory: join(output, "local"),
    });
    expect(stacks).toContain("Warren-local-Api");
    expect(existsSync(join(directory, "Warren-local-Api.template.json"))).toBe(true);
  });

  it("are sizes by Lambda", async () => {
    const { stdout } = await runWarren(["sizes", "--json"]);

    const { bytes, total } = JSON.parse(stdout);
    expect(Object.keys(bytes)).toEqual(globSync("lambdas/*/handler.ts").map(lambdaOf).toSorted());
    expect(total).toBe(Object.values<number>(bytes).reduce((sum, one) => sum + one));
  });
});

const lambdaOf = (handler: string): string => basename(dirname(handler));
