import { describe, expect, it } from "vitest";
import type { RungEntry } from "../../core/audit/audit-log.ts";
import type { ProbeResult, ProbeTarget } from "../../core/edge/probe.ts";
import { NotServedYetError, TenantSupersededError } from "../../core/errors.ts";
import type { Rung } from "../../core/repair/rungs.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { incarnation, repairingRow, served } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { verifyRepair } from "./verify-repair.ts";

const input = {
  ...incarnation,
  attempt: 1,
  since: "2026-11-22T12:00:00.000Z",
  execution: "acme-repair-1",
  rung: "restart-connector" as Rung,
  outcome: "done" as const,
  finding: "connector",
  looks: 1,
  detail: "warren-connector was restarted",
};
const refused: ProbeResult = { kind: "bad", cause: "origin", words: "502, refused" };
const starting: ProbeResult = { kind: "starting", words: "503, starting" };
const noEdge: ProbeResult = { kind: "unknown", words: "the edge refuses connections" };

/** @param looks what the edge answers in turn, the last one for ever */
const world = (probes: ProbeResult[], row = repairingRow()) => {
  const asked: string[] = [];
  const audited: RungEntry[] = [];
  const clock = stillClock();
  const edge = {
    probe: async ({ hostname, path }: ProbeTarget) => {
      asked.push(`${hostname}${path}`);
      return probes[Math.min(asked.length, probes.length) - 1] ?? refused;
    },
  };
  const audit = {
    append: async (entry: RungEntry) => {
      if (!audited.some((existing) => existing.entry === entry.entry)) audited.push(entry);
    },
  };
  const env = { BASE_DOMAIN: "example.test", HEALTH_PATH: "/health", FIRST_ANSWER_SECONDS: 600 };
  return { asked, audited, clock, deps: { env, tenants: memoryTenants([row]), edge, audit, clock } };
};

/** As the workflow does it. */
const retrying = async (...of: Parameters<typeof verifyRepair>): ReturnType<typeof verifyRepair> => {
  try {
    return await verifyRepair(...of);
  } catch (error) {
    if (!(error instanceof NotServedYetError)) throw error;
    await of[1].clock.sleep(1_000);
    return retrying(...of);
  }
};

describe("verify-repair", () => {
  it("does not wait, and has the tenant looked at again, once something on the way keeps visitors out", async () => {
    const gone: ProbeResult = { kind: "bad", cause: "record", words: "530 with error 1016" };
    const { asked, deps } = world([refused, gone]);

    const { elsewhere, healthy } = await verifyRepair({ ...input, rung: "reboot-instance" }, deps);

    expect({ elsewhere, healthy }).toEqual({ elsewhere: true, healthy: false });
    expect(asked).toHaveLength(6);
  });

  it("waits on where that is what it repairs, or where a machine may look so", async () => {
    const seen = async (cause: "record" | "edge", finding: string) => {
      const { deps } = world([{ kind: "bad", cause, words: "530" }]);
      return (await verifyRepair({ ...input, finding }, deps)).elsewhere;
    };

    expect(await seen("record", "record")).toBe(false);
    expect(await seen("edge", "connector")).toBe(false);
    expect(await seen("record", "connector")).toBe(true);
  });

  it("writes a rung down that came again after another look", async () => {
    const { audited, deps } = world([served]);

    await verifyRepair(input, deps);
    await verifyRepair({ ...input, looks: 2 }, deps);

    expect(audited).toHaveLength(2);
  });

  it("is satisfied by a 200 through the edge, and writes the rung down", async () => {
    const { asked, audited, deps } = world([refused, served]);

    expect(await verifyRepair(input, deps)).toEqual({
      healthy: true,
      evidence: "200",
      known: true,
      elsewhere: false,
      summary: "restart-connector (done): 200",
    });
    expect(asked).toEqual(Array(2).fill("acme.example.test/health"));
    expect(audited).toEqual([
      {
        slug: "acme",
        entry: `${incarnation.generation}#acme-repair-1#restart-connector`,
        at: "2026-11-22T12:00:00.500Z",
        reason: "repair",
        attempt: 1,
        rung: "restart-connector",
        outcome: "done",
        detail: "warren-connector was restarted",
        healthy: true,
        evidence: "200",
      },
    ]);
  });

  it("is not satisfied while a replacement that was begun is not finished, though the new machine serves", async () => {
    const { deps } = world([served], repairingRow({}, { replaces: ["i-1"] }));

    const { healthy, known } = await verifyRepair({ ...input, rung: "correct-secrets" }, deps);

    expect({ healthy, known }).toEqual({ healthy: false, known: true });
  });

  it.each<[Rung, number]>([
    ["restart-connector", 30],
    ["restart-application", 600],
    ["start-instance", 600],
    ["reboot-instance", 600 + 240],
    ["replace-instance", 600],
  ])("waits after %s for %i s, and says what it saw last", async (rung, seconds) => {
    const { audited, clock, deps } = world([noEdge, refused]);
    const start = clock.now();

    expect(await retrying({ ...input, rung }, deps)).toEqual({
      healthy: false,
      evidence: "502, refused",
      known: true,
      elsewhere: false,
      summary: `${rung} (done): 502, refused`,
    });
    expect(clock.now() - start).toBeLessThanOrEqual(seconds * 1000);
    expect(clock.now() - start).toBeGreaterThan(seconds * 1000 - 2_001);
    expect(audited).toMatchObject([{ rung, healthy: false, evidence: "502, refused" }]);
  });

  it("asks for less than a minute in one task, and goes on in its retry", async () => {
    const { audited, clock, deps } = world([noEdge, refused]);
    const start = clock.now();

    await expect(verifyRepair({ ...input, rung: "replace-instance" }, deps)).rejects.toThrow(
      new NotServedYetError("Not served yet after replace-instance: 502, refused."),
    );
    expect(clock.now() - start).toBeLessThan(60_000);
    expect(audited).toEqual([]);
  });

  it.each<Rung>(["restart-connector", "replace-instance"])(
    "after %s, waits half an hour for a database that recovers: nothing is interrupted",
    async (rung) => {
      const { clock, deps } = world([starting]);
      const { probe } = deps.edge;
      const recovered = clock.now() + 30 * 60_000;
      deps.edge.probe = async (of) => (clock.now() < recovered ? probe(of) : served);

      expect(await retrying({ ...input, rung }, deps)).toMatchObject({ healthy: true });
    },
  );

  it("does not wait for ever for what starts for ever", async () => {
    const { clock, deps } = world([starting]);
    const start = clock.now();

    expect(await retrying(input, deps)).toMatchObject({ healthy: false, evidence: "503, starting" });
    expect((clock.now() - start) / 60_000).toBeCloseTo(60, 0);
  });

  it("tells when nothing could be seen at all", async () => {
    expect(await verifyRepair(input, world([noEdge]).deps)).toMatchObject({ healthy: false, known: false });
  });

  it("asks nobody after a rung that was skipped, and says why it was", async () => {
    const { asked, audited, deps } = world([served]);
    const skipped = {
      outcome: "skipped",
      detail: "Run Command does not reach i-1",
      snapshotId: "snap-1",
    } as const;

    expect(await verifyRepair({ ...input, ...skipped }, deps)).toEqual({
      healthy: false,
      evidence: "nothing, as the rung was skipped",
      known: true,
      elsewhere: false,
      summary: "restart-connector (skipped): Run Command does not reach i-1",
    });
    expect(asked).toEqual([]);
    expect(audited).toMatchObject([{ ...skipped, healthy: false }]);
  });

  it("asks nobody after a rung whose task failed, and says where and why it did", async () => {
    const { asked, audited, deps } = world([served]);
    const failure = {
      step: "Restart Connector",
      Error: "CommandFailedError",
      Cause: JSON.stringify({ errorType: "CommandFailedError", errorMessage: "It ended with 1." }),
      at: "2026-11-22T12:00:00.000Z",
    };

    const { summary } = await verifyRepair({ ...input, detail: undefined, outcome: "failed", failure }, deps);

    const detail = "Restart Connector: CommandFailedError: It ended with 1.";
    expect(summary).toBe(`restart-connector (failed): ${detail}`);
    expect(asked).toEqual([]);
    expect(audited).toMatchObject([{ outcome: "failed", detail, healthy: false }]);
  });

  it("ends at once when the tenant is being removed meanwhile, and still writes the rung down", async () => {
    const { asked, audited, deps } = world([refused]);
    const { probe } = deps.edge;
    deps.edge.probe = (...of) => {
      deps.tenants.rows.set("acme", repairingRow({ status: "deleting" }));
      return probe(...of);
    };

    await expect(verifyRepair(input, deps)).rejects.toBeInstanceOf(TenantSupersededError);
    expect(asked).toHaveLength(1);
    expect(audited).toMatchObject([{ healthy: false }]);
  });

  it("writes one entry when it crashes after any of its effects", async () => {
    const worlds: ReturnType<typeof world>[] = [];
    const effects = await surviveCrashes(
      async () => {
        worlds.push(world([served]));
        return worlds.at(-1)?.deps as ReturnType<typeof world>["deps"];
      },
      (deps) => verifyRepair(input, deps),
      async () => expect(worlds.at(-1)?.audited).toHaveLength(1),
    );

    // read the row, look, write
    expect(effects).toBe(3);
  });
});
