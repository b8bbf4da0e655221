// Whether a role's policies allow what a call needs: an explicit deny wins, and without an allow nothing is allowed.
import { z } from "zod";
import { wildcard } from "../wildcard.ts";
import { type Context, isSatisfied } from "./conditions.ts";

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

/** NotAction and NotResource are refused rather than misread. */
const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Action: oneOrMore,
  Resource: oneOrMore,
  Condition: z
    .record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())])))
    .default({}),
});
export type Statement = z.output<typeof statement>;

const policyDocument = z.object({
  Statement: z.union([statement, z.array(statement)]).transform((value) => [value].flat()),
});

/** @param document JSON. @throws ZodError on what this evaluation does not know */
export const parsePolicy = (document: string): Statement[] =>
  policyDocument.parse(JSON.parse(document)).Statement;

/** One thing that a call needs: an action on a resource, with what conditions may ask about. */
export interface Need {
  action: string;
  /** ARN, or `*` where the action knows no resources */
  resource: string;
  context: Context;
}

const applies = ({ Action, Resource, Condition }: Statement, { action, resource, context }: Need): boolean =>
  Action.some((pattern) => wildcard(pattern, "i").test(action)) &&
  Resource.some((pattern) => wildcard(pattern).test(resource)) &&
  isSatisfied(Condition, context);

export function isAllowed(statements: Statement[], need: Need): boolean {
  const effects = statements.filter((one) => applies(one, need)).map(({ Effect }) => Effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}
