// Holds what a request carries against a schema, whose messages say what is allowed: each wrong field is a complaint.
import type * as z from "zod";
import { type Complaint, type Problem, shown } from "./problem.ts";

interface Refusal {
  problem: (complaints: Complaint[]) => Problem;
  /** how a complaint names a field */
  name: (path: readonly PropertyKey[]) => string;
  /** what is allowed in the place of a field that the schema does not know */
  unknown: string;
}

export const validated = <Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  refusal: Refusal,
): z.output<Schema> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw refusal.problem(result.error.issues.flatMap((issue) => complaints(issue, value, refusal)));
};

const complaints = (issue: z.core.$ZodIssue, value: unknown, { name, unknown }: Refusal): Complaint[] => {
  const complaint = (path: readonly PropertyKey[], allowed: string): Complaint => ({
    path: name(path),
    ...shown(valueAt(value, path)),
    allowed,
  });
  if (issue.code !== "unrecognized_keys") return [complaint(issue.path, issue.message)];
  return issue.keys.map((key) => complaint([...issue.path, key], unknown));
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part], value);
