// Says about every problem of a configuration at once where it is, what was found and what is allowed.
import * as z from "zod";

/** An object that refuses fields it does not know, with the name that was probably meant. */
export const strictObject = <Shape extends z.core.$ZodShape>(shape: Shape) => {
  const names = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? (issue.keys ?? []).map((key) => suggest(key, names)).join("; ")
        : `an object with ${names.join(", ")}`,
  });
};

/** One line per problem, such as `region: found 1; allowed: an AWS region, such as eu-central-1`. */
export const describeProblems = (error: z.ZodError, input: unknown): string[] =>
  error.issues.map((issue) => {
    const place = issue.path.length === 0 ? "the file" : issue.path.join(".");
    if (issue.code === "unrecognized_keys") return `${place}: found ${issue.message}`;
    return `${place}: found ${show(valueAt(input, issue.path))}; allowed: ${issue.message}`;
  });

const suggest = (key: string, names: readonly string[]): string => {
  const nearest = names.map((name) => ({ name, distance: editDistance(key, name) })).sort(byDistance)[0];
  const hint = nearest && nearest.distance <= 3 ? `, did you mean "${nearest.name}"?` : "";
  return `the unknown field "${key}"${hint}; allowed: ${names.join(", ")}`;
};

const byDistance = (a: { distance: number }, b: { distance: number }) => a.distance - b.distance;

/** Levenshtein's distance, a row at a time. */
const editDistance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, left] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...to].entries()) {
      const substituted = (row[j] ?? 0) + (left === right ? 0 : 1);
      next.push(Math.min(substituted, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);

const show = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));
