// Where a stage does otherwise than an assertion says. Every principal is judged; those whose policies do not speak of
// the request's action cannot differ, and are judged by one simulation.
import type { Request } from "../../local/iam/decision.ts";
import type { Assertion } from "./assertions.ts";
import type { StagePolicies, Statement } from "./policies.ts";
import { isAllowed, type Principal } from "./simulator.ts";

export interface Mistakes {
  mayAndShouldNot: string[];
  shouldAndMayNot: string[];
}

export const mistakesIn = async (
  stage: StagePolicies,
  { request, principals, granted }: Assertion,
): Promise<Mistakes> => {
  const allowed = await whoMay(stage, principals, request);
  return {
    mayAndShouldNot: allowed.filter((name) => !granted.includes(name)),
    shouldAndMayNot: granted.filter((name) => !allowed.includes(name)),
  };
};

const whoMay = async (
  stage: StagePolicies,
  principals: Record<string, Principal>,
  request: Request,
): Promise<string[]> => {
  const judged = groupsOf(stage, Object.entries(principals), request).map(async (group) => {
    const [first] = group;
    return first && (await isAllowed(stage, first[1], request)) ? group.map(([name]) => name) : [];
  });
  return (await Promise.all(judged)).flat();
};

type Named = [name: string, principal: Principal];

/** Principals that the stage cannot tell apart where this request is asked. */
const groupsOf = (stage: StagePolicies, all: Named[], { action, resource }: Request): Named[][] => {
  const speaks = ([, { role }]: Named): boolean =>
    stage.roles[role]?.policies.some(({ Statement }) => Statement.some(bearsOn(action))) ?? true;
  // A resource's own policy may name any principal, and so may a role's trust.
  const hasPolicy = stage.resourcePolicies[resource] !== undefined || action === "sts:AssumeRole";
  const single = all.filter((one) => hasPolicy || speaks(one));
  return [...single.map((one) => [one]), all.filter((one) => !single.includes(one))];
};

/** Patterns are taken to match, and so is a statement without actions, which says what it leaves out. */
const bearsOn =
  (action: string) =>
  ({ Action = "*" }: Partial<Statement>): boolean =>
    [Action].flat().some((named) => /[*?]/.test(named) || named.toLowerCase() === action.toLowerCase());
