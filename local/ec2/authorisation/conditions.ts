// The Condition of a policy's statement against what is known of a call.
import { wildcard } from "../wildcard.ts";

/** Condition keys in lower case, as IAM does not tell their case, to their values; a key that is absent has none. */
export type Context = Map<string, string[]>;

/** Operator to condition key to values, as it stands in a policy. */
export type Condition = Record<string, Record<string, string | string[]>>;

type Comparison = (actual: string, wanted: string) => boolean;

const equals: Comparison = (actual, wanted) => actual === wanted;
const like: Comparison = (actual, wanted) => wildcard(wanted).test(actual);
const ignoringCase: Comparison = (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase();

const positive: Record<string, Comparison> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: ignoringCase,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: ignoringCase,
};

const negative: Record<string, Comparison> = {
  StringNotEquals: equals,
  StringNotLike: like,
  ArnNotEquals: like,
  ArnNotLike: like,
};

interface Operator {
  quantifier: string | undefined;
  name: string;
  ifExists: boolean;
}

function parseOperator(text: string): Operator {
  const [, quantifier, name = "", ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(text) ?? [];
  return { quantifier, name, ifExists: ifExists !== undefined };
}

function matchesValues({ quantifier, name }: Operator, actual: string[], wanted: string[]): boolean {
  const compare = positive[name] ?? negative[name];
  if (!compare) {
    throw new Error(
      `local/ec2/authorisation does not know the condition operator ${name}: add it to conditions.ts`,
    );
  }
  const isWanted = (value: string): boolean => wanted.some((one) => compare(value, one)) === name in positive;
  return quantifier === "ForAllValues" ? actual.every(isWanted) : actual.some(isWanted);
}

function matchesKey(operator: Operator, actual: string[] | undefined, wanted: string[]): boolean {
  if (operator.name === "Null") return String(actual === undefined) === wanted[0];
  // Without the key, IAM lets pass what is negated, optional, or said of all of no values.
  if (actual === undefined) {
    return operator.ifExists || operator.quantifier === "ForAllValues" || operator.name in negative;
  }
  return matchesValues(operator, actual, wanted);
}

/** Whether every operator is satisfied for every key. @throws Error on an operator that is not known here */
export const isSatisfied = (condition: Condition, context: Context): boolean =>
  Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) =>
      matchesKey(parseOperator(operator), context.get(key.toLowerCase()), [wanted].flat().map(String)),
    ),
  );
