import { describe, expect, it } from "vitest";
import { newSecret } from "../aws/new-secret.ts";
import { lastWords } from "./last-words.ts";

const step = (name: string, outcome: string, detail?: string) =>
  JSON.stringify({ at: "2026-11-26T12:00:00Z", unit: "warren-boot", step: name, outcome, detail });

describe("the last words of a machine", () => {
  it("are the steps of its boot that ended or wait, and what units complain of", () => {
    const console = [
      "[    0.000000] Linux version 6.1",
      step("identity", "started"),
      step("identity", "finished"),
      step("data-volume", "waiting", "/dev/sdf is not there"),
      "app | listening on 8081",
      "app | Error: cannot reach the database",
    ].join("\n");

    expect(lastWords(console)).toEqual([
      "identity finished",
      "data-volume waiting: /dev/sdf is not there",
      "app | Error: cannot reach the database",
    ]);
  });

  it("are few, and the newest", () => {
    const console = Array.from({ length: 1_000 }, (_, index) => `ERR ${index} ${"x ".repeat(500)}`).join(
      "\r\n",
    );

    const words = lastWords(console);

    expect(words.join("\n").length).toBeLessThanOrEqual(2_048);
    expect(words.at(-1)).toMatch(/^ERR 999 /);
  });

  it("hold nothing that could be a secret, wherever it stands", () => {
    const secret = newSecret();
    const token = Buffer.from(JSON.stringify({ a: "account", t: "tunnel", s: secret })).toString("base64");
    const console = [
      `error: password ${secret} refused`,
      step("health", "failed", `postgres://app:${secret}@db`),
      `ERR token=${token}`,
    ].join("\n");

    const words = lastWords(console).join("\n");

    expect(words.split("\n")).toHaveLength(3);
    for (const one of [secret, token]) expect(words).not.toContain(one.slice(0, 16));
  });

  it("say a line once that is repeated", () => {
    expect(lastWords("ERR again\nERR again\nERR again")).toEqual(["ERR again"]);
  });

  it("are none of a machine that said nothing", () => {
    expect(lastWords("")).toEqual([]);
  });
});
