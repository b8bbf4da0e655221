// The lines of a console that tell why its machine did not come up, or was given up: few enough for a row, and without
// whatever could be a secret.
import { consoleLine } from "./machine-contract.ts";

const MOST_LINES = 12;
const MOST_LETTERS = 160;

/** Our secrets are 43 letters and more; shorter runs are words, names and ids. */
const SECRETS = /[A-Za-z0-9+/_=-]{32,}/g;
const TROUBLE = /\b(err|error|fatal|panic|failed|refused|denied|exception|traceback)\b/i;

/** The newest last; at most 2 KB together. */
export const lastWords = (console: string): string[] =>
  console
    .split(/\r?\n/)
    .flatMap((line) => wordsOf(line.trim()))
    .filter((line, index, all) => line !== all[index - 1])
    .slice(-MOST_LINES);

const wordsOf = (line: string): string[] => {
  const step = stepOf(line);
  if (step?.outcome === "started") return [];
  const words = step ? `${step.step} ${step.outcome}${step.detail ? `: ${step.detail}` : ""}` : line;
  return step || TROUBLE.test(line) ? [words.replace(SECRETS, "…").slice(0, MOST_LETTERS)] : [];
};

/** One of boot.sh's. */
const stepOf = (line: string) => {
  if (!line.startsWith("{")) return undefined;
  try {
    return consoleLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
};
