import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProbeCause, ProbeResult } from "../../core/edge/probe.ts";
import type { Rung } from "../../core/repair/rungs.ts";
import { healthCauses } from "../../core/tenant/tenant.ts";
import { served } from "../../test/support/sample.ts";
import { diagnose, ladders } from "./ladder.ts";

const machine = { id: "i-1", zone: "zone-a", state: "running" } as const;
const ok: ProbeResult = served;
const unknown: ProbeResult = { kind: "unknown", words: "the edge refuses connections" };
const bad = (cause: ProbeCause): ProbeResult => ({ kind: "bad", cause, words: "502" });

const checks = fc.constantFrom("ok", "initializing", "impaired", "unknown" as const);
const probes = fc.constantFrom(ok, unknown, bad("connector"), bad("origin"), bad("silent"));
const causes = fc.constantFrom(undefined, ...healthCauses);

const findingOf = (probe: ProbeResult, check: "ok" | "initializing" | "impaired" | "unknown" = "ok") =>
  diagnose({ machine, check, probe, cause: undefined }).finding;

describe("the judgement of a machine that runs", () => {
  it("is healthy or drifted whenever the tenant is served, and never otherwise", () => {
    fc.assert(
      fc.property(checks, probes, causes, (check, probe, cause) => {
        const { finding } = diagnose({ machine, check, probe, cause });

        const served = cause === "drift" ? "drift" : "healthy";
        expect(finding === served).toBe(probe.kind === "ok");
      }),
    );
  });

  it("gives no rung for what cannot be told, whatever the sweep or the status checks say", () => {
    fc.assert(
      fc.property(checks, causes, (check, cause) => {
        const { finding } = diagnose({ machine, check, probe: unknown, cause });

        // Of a tunnel Cloudflare's listing told, twice.
        expect(ladders[finding]).toEqual(cause === "tunnel" ? ladders.tunnel : []);
      }),
    );
  });

  it.each(["connector", "origin", "silent"] as const)("takes the cause %s from the probe", (cause) => {
    expect(findingOf(bad(cause))).toBe(cause);
    expect(findingOf(bad(cause), "unknown")).toBe(cause);
    expect(findingOf(bad(cause), "impaired")).toBe("impaired");
  });

  it("leaves a machine alone that is still starting", () => {
    expect(findingOf(bad("connector"), "initializing")).toBe("unknown");
  });

  it("blames an application that starts for ever only when the sweep has waited for it", () => {
    const starting: ProbeResult = { kind: "starting", words: "503, its application is starting" };
    const withSweep = (cause: "origin" | "connector") =>
      diagnose({ machine, check: "ok", probe: starting, cause }).finding;

    expect(withSweep("origin")).toBe("origin");
    expect(withSweep("connector")).toBe("unknown");
  });

  it("finds a tunnel lost that Cloudflare does not know, unless something answers behind it", () => {
    const withSweep = (probe: ProbeResult) =>
      diagnose({ machine, check: "ok", probe, cause: "tunnel" }).finding;

    expect(withSweep(bad("connector"))).toBe("tunnel");
    expect(withSweep(unknown)).toBe("tunnel");
    expect(withSweep(bad("origin"))).toBe("origin");
    expect(withSweep(ok)).toBe("healthy");
  });
});

describe("the ladders", () => {
  it("correct before they reboot, climb from there to a new machine, and try each rung once", () => {
    const strong = ["start-instance", "reboot-instance", "replace-instance"] as const satisfies Rung[];
    const isStrong = (rung: Rung) => (strong as readonly Rung[]).includes(rung);
    for (const ladder of Object.values(ladders)) {
      expect(new Set(ladder).size).toBe(ladder.length);
      const gentle = ladder.filter((rung) => !isStrong(rung));
      const rest = strong.filter((rung) => ladder.includes(rung));
      expect(ladder).toEqual([...gentle, ...rest]);
      if (rest.length > 0) expect(ladder.at(-1)).toBe("replace-instance");
    }
  });

  it.each(["edge", "record", "ingress", "stranger", "misrouted", "drift"] as const)(
    "reboot and replace no machine for what may be wrong before it: %s",
    (cause) => {
      const harmless = ladders[cause].filter(
        (rung) => rung.startsWith("restart-") || rung.startsWith("correct-"),
      );
      expect(ladders[cause]).toEqual(harmless);
    },
  );

  it("take a cause of the way for what it is, whatever a status check says", () => {
    fc.assert(
      fc.property(
        checks,
        fc.constantFrom("record", "ingress", "stranger", "misrouted" as const),
        (check, cause) => {
          expect(findingOf(bad(cause), check)).toBe(cause);
        },
      ),
    );
  });
});
