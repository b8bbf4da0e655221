// What a role may do, as the template says it.
import type { Template } from "aws-cdk-lib/assertions";

export interface Statement {
  Effect: "Allow" | "Deny";
  Action: string[];
  /** Resolved as far as a template goes: references stay objects. */
  Resource: unknown[];
  Condition: Record<string, Record<string, unknown>>;
}

interface RawStatement extends Omit<Statement, "Action" | "Resource" | "Condition"> {
  Action: string | string[];
  Resource: unknown;
  Condition?: Statement["Condition"];
}

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** Of the role whose logical id begins so; without an id, of all roles. */
export const statementsOf = (template: Template, roleId = ""): Statement[] => {
  const policies = Object.values(template.findResources("AWS::IAM::Policy")).map(
    ({ Properties }) => Properties,
  );
  const ofRole = policies.filter(({ Roles }) =>
    Roles.some(({ Ref }: { Ref: string }) => Ref.startsWith(roleId)),
  );
  return ofRole.flatMap(({ PolicyDocument }) =>
    PolicyDocument.Statement.map(({ Action, Resource, Condition = {}, ...rest }: RawStatement) => ({
      ...rest,
      Condition,
      Action: list(Action),
      Resource: list(Resource),
    })),
  );
};

/** Sorted, without those that every Lambda has: its log group, X-Ray, and the key of the tables it may use. */
export const actionsOf = (template: Template, roleId: string): string[] => {
  const common = /^(logs:|xray:|kms:)/;
  const actions = statementsOf(template, roleId).flatMap(({ Action }) => Action);
  return [...new Set(actions)].filter((action) => !common.test(action)).sort();
};
