import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { contentVersion, readComponents } from "../lib/image/component-documents.ts";
import { ensurePythonEnvironment } from "../local/aws/python-environment.ts";
import { componentSchema } from "./component-schema.ts";

const components = readComponents();
const named = (name: string) => components.find((component) => component.name === name)?.text ?? "";
const scriptsOf = (text: string): { name: string; script: string }[] =>
  componentSchema
    .parse(parse(text))
    .phases.flatMap(({ steps }) =>
      steps.flatMap((step) =>
        step.action === "ExecuteBash"
          ? step.inputs.commands.map((script) => ({ name: step.name, script }))
          : [],
      ),
    );
const scripts = components.flatMap(({ name, text }) =>
  scriptsOf(text).map((script) => ({ ...script, name: `${name}/${script.name}` })),
);

describe("the components of the machines' image", () => {
  it("run in the order of their numbers: clean-up after all that needs one, the test last", () => {
    expect(components.map(({ name }) => name)).toEqual([
      "packages",
      "tools",
      "files",
      "container-images",
      "hardening",
      "test",
    ]);
  });

  it.each(components)("$name fits the schema of Image Builder's documents", ({ text }) => {
    expect(componentSchema.safeParse(parse(text)).error?.issues ?? []).toEqual([]);
  });

  it.each(components)("$name fits into a template, which takes 16,000 characters", ({ text }) => {
    expect(text.length).toBeLessThan(16_000);
  });

  it.each(components)("$name uses each parameter that it asks for, and no other", ({ text, parameters }) => {
    const used = [...text.matchAll(/\{\{ ?(\S+?) ?\}\}/g)].map(([, parameter]) => parameter);

    expect([...new Set(used)].sort()).toEqual([...parameters].sort());
  });

  it.each(components.filter(({ name }) => name !== "test"))("$name only builds", ({ text }) => {
    expect(componentSchema.parse(parse(text)).phases.map(({ name }) => name)).toEqual(["build"]);
  });

  it("end in a test, on a machine started from the image", () => {
    expect(componentSchema.parse(parse(named("test"))).phases.map(({ name }) => name)).toEqual(["test"]);
  });

  it.each(scripts)("$name stops at its first error and shows no commands", ({ script }) => {
    expect(script).toMatch(/^set -euo pipefail\n/);
    expect(script).not.toMatch(/set -[a-z]*x/);
  });

  it("hold scripts in which shellcheck finds nothing", async () => {
    const requirementsFile = join(import.meta.dirname, "requirements.txt");
    const { bin } = await ensurePythonEnvironment({ name: "shellcheck", requirementsFile });
    const directory = mkdtempSync(join(tmpdir(), "warren-components-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const files = scripts.map(({ name }) => join(directory, `${name.replace("/", "-")}.sh`));
    for (const [index, { script }] of scripts.entries()) writeFileSync(files[index] ?? "", script);

    // A parameter is text by the time that bash sees it, which makes comparisons constant.
    const options = ["--shell=bash", "--severity=style", "--exclude=SC2050,SC1091"];
    const { exitCode, stdout } = await execa(join(bin, "shellcheck"), [...options, ...files], {
      reject: false,
    });

    expect(files.length).toBeGreaterThan(10);
    expect([exitCode, stdout]).toEqual([0, ""]);
  }, 120_000);
});

describe("the test component's claims", () => {
  const ofStep = (step: string) => scriptsOf(named("test")).find(({ name }) => name === step)?.script ?? "";

  /** Runs one step's script with these programs before all others on the PATH. */
  async function run(step: string, programs: Record<string, string>): Promise<number | undefined> {
    const directory = mkdtempSync(join(tmpdir(), "warren-claims-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    for (const [name, body] of Object.entries(programs))
      writeFileSync(join(directory, name), `#!/usr/bin/env bash\n${body}\n`, { mode: 0o755 });
    const env = { PATH: `${directory}:${process.env.PATH}` };
    const { exitCode } = await execa("bash", ["-c", ofStep(step)], { env, reject: false });
    return exitCode;
  }
  const listening = (...lines: string[]) => ({ ss: lines.map((line) => `echo '${line}'`).join("\n") });

  it.each([
    ["nothing", 0, []],
    [
      "the resolver and the clock on loopback",
      0,
      [
        "udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*",
        "udp UNCONN 0 0 [::1]:323 [::]:*",
        "tcp LISTEN 0 4096 127.0.0.1:20241 0.0.0.0:*",
      ],
    ],
    [
      "the DHCP clients",
      0,
      ["udp UNCONN 0 0 10.30.0.7%ens5:68 0.0.0.0:*", "udp UNCONN 0 0 [fe80::1]%ens5:546 [::]:*"],
    ],
    ["an SSH server", 1, ["tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*"]],
    ["a server on every IPv6 address", 1, ["tcp LISTEN 0 128 [::]:9999 [::]:*"]],
    ["a TCP server on DHCP's port", 1, ["tcp LISTEN 0 128 10.30.0.7:68 0.0.0.0:*"]],
  ])("NothingListens, with %s, ends with %d", async (_, exitCode, lines) => {
    expect(await run("NothingListens", listening(...lines))).toBe(exitCode);
  });

  it.each([
    ["all as it should be", 0, "case $2 in haproxy*|sshd*|ec2*|rpc*) echo masked ;; *) echo enabled ;; esac"],
    [
      "an SSH server that is only disabled",
      1,
      "case $2 in sshd*) echo disabled ;; haproxy*|ec2*|rpc*) echo masked ;; *) echo enabled ;; esac",
    ],
    [
      "a boot unit that is off",
      1,
      "case $2 in haproxy*|sshd*|ec2*|rpc*) echo masked ;; warren-boot) echo disabled ;; *) echo enabled ;; esac",
    ],
  ])("Units, with %s, ends with %d", async (_, exitCode, systemctl) => {
    expect(await run("Units", { systemctl })).toBe(exitCode);
  });
});

describe("a component's version", () => {
  it("is the same for the same content, and another for another", () => {
    expect(contentVersion("a", "b")).toBe(contentVersion("a", "b"));
    expect(contentVersion("a", "b")).not.toBe(contentVersion("ab"));
  });

  it("is a semantic one with numbers that Image Builder takes", () => {
    for (const { text } of components) {
      const parts = contentVersion(text).split(".").map(Number);
      expect(parts).toHaveLength(3);
      expect(parts.every((part) => Number.isInteger(part) && part < 2 ** 30)).toBe(true);
    }
  });
});
