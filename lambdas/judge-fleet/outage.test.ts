import { describe, expect, it } from "vitest";
import type { Fleet } from "./fleet.ts";
import { outageIn } from "./outage.ts";

const limits = { OUTAGE_SHARE: 0.2, OUTAGE_MINIMUM: 3 };
type Bad = Fleet["bad"];

const now = Date.parse("2026-11-22T12:00:00.000Z");
const none = { proved: 0, failed: 0 };

const outage = (judged: number, total: number, more: Partial<Bad> = {}, recent: Fleet["recent"] = none) => {
  const bad = { total, byCause: { connector: total }, byZone: {}, newest: timeAgo(0), ...more };
  return outageIn({ judged, bad, recent }, limits, now);
};
const timeAgo = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();

describe("the outage guard", () => {
  it.each([
    [50, 11],
    [50, 50],
    [10, 3],
    [3, 3],
  ])("holds in a fleet of %i when %i are bad", (judged, bad) => {
    expect(outage(judged, bad)).toMatchObject({ bad, judged, share: bad / judged });
  });

  it.each([
    [50, 10],
    [50, 0],
    [0, 0],
    [1, 1],
    [2, 2],
    [15, 3],
    [100, 20],
  ])("does not hold in a fleet of %i when %i are bad", (judged, bad) => {
    expect(outage(judged, bad)).toBeUndefined();
  });

  it.each<[string, Bad["byCause"], Bad["byZone"], string]>([
    [
      "machines of one zone",
      { stopped: 8, missing: 2 },
      { "eu-1a": 9, "eu-1b": 1 },
      "AWS in eu-1a, or somebody stopped the machines: 8 stopped, 2 missing.",
    ],
    ["machines everywhere", { impaired: 10 }, { "eu-1a": 5, "eu-1b": 5 }, "AWS, or somebody"],
    [
      "connectors",
      { connector: 9, origin: 1 },
      { "eu-1a": 4, "eu-1b": 6 },
      "Cloudflare, or of our network's way out in eu-1b: 9 connector, 1 origin.",
    ],
    ["tunnels", { tunnel: 10 }, {}, "Cloudflare, or"],
    [
      "applications",
      { origin: 10 },
      { "eu-1a": 10 },
      "the application itself, such as a bad release: 10 origin.",
    ],
    [
      "silence",
      { silent: 10 },
      { "eu-1a": 5, "eu-1b": 5 },
      "overloaded or hangs, or the network loses packets",
    ],
    [
      "everything",
      { stopped: 3, connector: 4, origin: 3 },
      {},
      "several things at once: 3 stopped, 4 connector, 3 origin.",
    ],
  ])("says what an outage of %s looks like", (_, byCause, byZone, words) => {
    expect(outage(20, 10, { byCause, byZone })?.looksLike).toContain(words);
  });

  const different = { byCause: { record: 4, connector: 4, origin: 4 } };

  it.each<[string, Partial<Bad>, Fleet["recent"], number]>([
    ["none while they have one cause in common", {}, none, 0],
    ["none for one cause, whatever helped before", {}, { proved: 4, failed: 0 }, 0],
    ["one when nothing new went bad for some minutes", { newest: timeAgo(5) }, none, 1],
    ["one where each has a cause of its own", different, none, 1],
    ["one more after the first that helped", different, { proved: 1, failed: 0 }, 1],
    ["as many again as helped", different, { proved: 4, failed: 0 }, 4],
    ["none after one that did not help", different, { proved: 4, failed: 1 }, 0],
  ])("lets through %s", (_, bad, recent, repairs) => {
    expect(outage(50, 12, bad, recent)?.lets).toMatchObject({ repairs, why: expect.any(String) });
  });
});
