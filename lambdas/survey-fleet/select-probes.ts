// Chooses who is asked for a health page in a sweep, and whose parameters are looked at: all that give cause for doubt, and
// some of the others in turns.
import { createHash } from "node:crypto";
import type { Facts, JudgedRow } from "./facts.ts";

export interface Subject {
  row: JudgedRow;
  facts: Facts;
}

/**
 * @param most of those without any doubt; the doubtful come first, and all of them
 * @param at the sweep's time: by it and the slug the lot falls on others every time, with nothing to remember
 */
export const selectProbes = <S extends Subject>(subjects: S[], most: number, at: string): S[] => {
  const askable = subjects.filter(({ facts }) => canAnswer(facts));
  const [doubtful, others] = parted(askable, isDoubtful);
  return [...doubtful, ...inTurns(others, most, at)];
};

/** Of those that answer; who does not is repaired with its parameters. */
export const selectSecrets = <S extends Subject>(subjects: S[], most: number, at: string): S[] => {
  const served = subjects.filter(({ facts }) => facts.probe?.kind === "ok");
  const [drifted, others] = parted(served, ({ row }) => row.health?.cause === "drift");
  return [...inTurns(drifted, most, at), ...inTurns(others, most, at)].slice(0, most);
};

/** Those of whom it is so, and the others. */
const parted = <S extends Subject>(subjects: S[], isSo: (subject: S) => boolean): [S[], S[]] => [
  subjects.filter(isSo),
  subjects.filter((subject) => !isSo(subject)),
];

const inTurns = <S extends Subject>(subjects: S[], most: number, at: string): S[] => {
  const lots = subjects.map((subject) => ({ subject, lot: lotOf(subject.row.slug, at) }));
  lots.sort((one, other) => (one.lot < other.lot ? -1 : 1));
  return lots.slice(0, most).map(({ subject }) => subject);
};

/** Of a machine that does not run, the answer is known. One that EC2 does not show may well answer. */
const canAnswer = ({ instance }: Facts): boolean =>
  typeof instance === "string" || ["pending", "running"].includes(instance.state);

const isDoubtful = ({ row, facts: { tunnel, instance } }: Subject): boolean =>
  row.status === "degraded" ||
  (row.health !== undefined && (row.health.state !== "healthy" || row.health.badSweeps > 0)) ||
  row.repair?.replaces !== undefined ||
  tunnel === "missing" ||
  (typeof tunnel === "object" && tunnel.status !== "healthy") ||
  instance === "missing" ||
  (typeof instance === "object" &&
    (instance.drift !== undefined || !(instance.state === "running" && instance.checks === "ok")));

const lotOf = (slug: string, at: string): string => createHash("sha1").update(`${slug} ${at}`).digest("hex");
