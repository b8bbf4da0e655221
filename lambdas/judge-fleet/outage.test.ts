import { describe, expect, it } from "vitest";
import type { Fleet } from "./fleet.ts";
import { outageIn } from "./outage.ts";

const limits = { OUTAGE_SHARE: 0.2, OUTAGE_MINIMUM: 3 };
type Bad = Fleet["bad"];

const outage = (judged: number, total: number, more: Partial<Bad> = {}) =>
  outageIn({ judged, bad: { total, byCause: { connector: total }, byZone: {}, ...more } }, limits);

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
});
