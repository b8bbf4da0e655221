import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProbeResult } from "../../core/edge/probe.ts";
import { served } from "../../test/support/sample.ts";
import { anyFacts, connected, running, well } from "../../test/support/sample-facts.ts";
import { classify } from "./classify.ts";
import type { Facts } from "./facts.ts";

const refused: ProbeResult = { kind: "bad", cause: "origin", words: "502, refused" };
const unreachable: ProbeResult = { kind: "bad", cause: "connector", words: "530" };
const unclear: ProbeResult = { kind: "unknown", words: "404" };

const finding = (changes: Partial<Facts>) => classify({ ...well, ...changes });
const down = { status: "down", connections: 0 } as const;
const weak = { status: "degraded", connections: 2 } as const;
const impaired = { ...running, checks: "impaired" } as const;
const initializing = { ...running, checks: "initializing" } as const;
const inState = <State>(state: State) => ({ ...running, state, checks: "unknown" }) as const;

describe("what one sweep says about a tenant", () => {
  it.each<[string, Partial<Facts>, object]>([
    ["everything is well", {}, { kind: "served" }],
    ["nobody asked", { probe: undefined }, { kind: "trusted" }],
    ["some connections are missing", { tunnel: weak }, { kind: "served", cause: "connections" }],
    ["its tunnel is down, yet it answers", { tunnel: down }, { kind: "served" }],
    ["its tunnel is not listed, yet it answers", { tunnel: "missing" }, { kind: "served" }],
    ["a status check fails, yet it answers", { instance: impaired }, { kind: "served", cause: "impaired" }],
    ["Cloudflare tells nothing, yet it answers", { tunnel: "unknown" }, { kind: "served" }],
    ["EC2 tells nothing, yet it answers", { instance: "unknown" }, { kind: "served", blind: true }],
    ["EC2 shows no instance, yet it answers", { instance: "missing" }, { kind: "served", blind: true }],
    [
      "its instance lacks our tags, yet it answers",
      { instance: { ...running, drift: "its instance lacks our tags" } },
      { kind: "served", cause: "drift" },
    ],
    [
      "one of its parameters is gone, yet it answers",
      { secrets: "the parameter of its admin-token is gone" },
      { kind: "served", cause: "drift" },
    ],
  ])("is served when %s", (_, changes, expected) => {
    expect(finding(changes)).toMatchObject(expected);
  });

  it.each<[string, Partial<Facts>, string]>([
    ["its tunnel is down", { tunnel: down, probe: undefined }, "connector"],
    [
      "its tunnel never had a connector",
      { tunnel: { ...down, status: "inactive" }, probe: undefined },
      "connector",
    ],
    ["its tunnel is down, and the edge was not reached", { tunnel: down, probe: unclear }, "connector"],
    ["its tunnel is not there", { tunnel: "missing", probe: undefined }, "tunnel"],
    [
      "its tunnel is not there, and the edge finds no connector",
      { tunnel: "missing", probe: unreachable },
      "tunnel",
    ],
    ["the edge finds no connector", { probe: unreachable }, "connector"],
    ["its application refuses", { probe: refused }, "origin"],
    [
      "its application refuses, which the listing does not know yet",
      { tunnel: down, probe: refused },
      "origin",
    ],
    ["nothing answers", { probe: { kind: "bad", cause: "silent", words: "" } }, "silent"],
    ["EC2 shows no instance, and nothing answers", { instance: "missing", probe: unreachable }, "missing"],
    ["a status check fails", { instance: impaired, probe: refused }, "impaired"],
    [
      "a status check fails, and Cloudflare tells nothing",
      { tunnel: "unknown", instance: impaired, probe: undefined },
      "impaired",
    ],
    ["its instance is stopped", { instance: inState("stopped"), probe: undefined }, "stopped"],
    ["its instance is stopping", { instance: inState("stopping"), probe: undefined }, "stopped"],
    [
      "its instance is stopped, and Cloudflare tells nothing",
      { tunnel: "unknown", instance: inState("stopped"), probe: undefined },
      "stopped",
    ],
  ])("is bad, and looked at again, when %s", (_, changes, cause) => {
    const found = finding(changes);

    expect(found).toMatchObject({ kind: "bad", cause });
    expect(found).not.toHaveProperty("final");
  });

  it.each<[string, Facts["instance"]]>([
    ["is terminated", inState("terminated")],
    ["is shutting down", inState("shutting-down")],
  ])("is bad for good when the instance %s", (_, instance) => {
    expect(finding({ instance, tunnel: "unknown", probe: undefined })).toMatchObject({
      kind: "bad",
      cause: "missing",
      final: true,
    });
  });

  it.each<[string, Partial<Facts>]>([
    ["is pending", { instance: inState("pending"), tunnel: down, probe: unreachable }],
    ["is not checked yet", { instance: initializing, tunnel: down, probe: unreachable }],
  ])("is starting when its instance %s", (_, changes) => {
    expect(finding(changes)).toMatchObject({ kind: "starting" });
  });

  it.each<[string, Partial<Facts>]>([
    ["Cloudflare tells nothing, and nobody asked", { tunnel: "unknown", probe: undefined }],
    ["Cloudflare tells nothing, and the edge finds no connector", { tunnel: "unknown", probe: unreachable }],
    ["EC2 tells nothing, and its tunnel is down", { instance: "unknown", tunnel: down, probe: undefined }],
    ["EC2 tells nothing, and its application refuses", { instance: "unknown", probe: refused }],
    ["the answer may be its own", { probe: unclear }],
    ["the answer may be its own, and some connections are missing", { tunnel: weak, probe: unclear }],
  ])("is unknown when %s", (_, changes) => {
    expect(finding(changes)).toMatchObject({ kind: "unknown" });
  });

  it("trusts a connected tunnel while EC2 tells nothing", () => {
    expect(finding({ instance: "unknown", probe: undefined })).toMatchObject({ kind: "trusted" });
  });

  it("is never bad by what an API did not tell", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const blind = classify({ ...facts, instance: "unknown" });
        const pathless = classify({ ...facts, instance: { ...running }, tunnel: "unknown" });

        expect([blind.kind, pathless.kind]).not.toContain("bad");
      }),
    );
  });

  it("is served whenever its health page answers, whatever the listings show or lack", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expect(classify({ ...facts, probe: served }).kind).toBe("served");
      }),
    );
  });

  it("says why in words that fit a row", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const found = classify(facts);

        if (found.kind === "bad" || found.kind === "unknown") expect(found.reason).not.toBe("");
      }),
    );
  });

  it("takes connected tunnels for what they are", () => {
    expect(classify({ tunnel: connected, instance: running, probe: undefined })).toEqual({ kind: "trusted" });
  });
});
