// The part of a stage's configuration that is about keeping tenants served: how often they are looked at, what counts
// as an outage, and how much is repaired at once.
import * as z from "zod";
import { emailAddresses, flag, matching, wholeNumber } from "./config-fields.ts";
import { strictObject } from "./config-problems.ts";

const allowedShare = "a share from 0.01 to 1, such as 0.2";

/** Every field has a default, so that a stage needs no such section. */
export const health = strictObject({
  /** Minutes between sweeps. */
  everyMinutes: wholeNumber(1, 60).default(1),
  /** More than this share of the fleet not served at once is an outage, and repairs are held. */
  outageShare: z.number(allowedShare).min(0.01, allowedShare).max(1, allowedShare).default(0.2),
  /** Fewer tenants than this are never an outage, however small the fleet. */
  outageMinimum: wholeNumber(1, 10_000).default(3),
  /** Minutes without any knowledge of a tenant after which it is degraded and a person is told. */
  silenceMinutes: wholeNumber(1, 1_440).default(10),
  /** How long a tenant is left alone after a repair; doubled for each one in a row that failed. */
  cooldownSeconds: wholeNumber(0, 86_400).default(300),
  /** How many healthy-looking tenants a sweep asks for their health page, besides those that were not healthy before. */
  probesPerSweep: wholeNumber(0, 100_000).default(2_000),
  /** Whether a tenant's data is kept as a snapshot before its machine is replaced. */
  snapshotBeforeReplacement: flag.default(true),
  /** Who is told by e-mail; each address has to confirm once. */
  notify: emailAddresses.default([]),
}).prefault({});

/** Snapshots of every tenant's data volume, besides those of replacements and deletions. */
export const dailySnapshots = strictObject({
  at: matching(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day in UTC, such as 03:00"),
  /** How many of each volume stay. Source: Data Lifecycle Manager's API reference, RetainRule. */
  keep: wholeNumber(1, 1_000),
});
