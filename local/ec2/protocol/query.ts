// EC2's Query protocol sends nested parameters as flat form keys (`Filter.1.Value.2=x`); this rebuilds the nesting.
import * as z from "zod";
import { Ec2Error } from "./errors.ts";

export type Parameters = { [name: string]: Parameter };
export type Parameter = string | Parameter[] | Parameters;

/** Inserts `value` under a dotted key, making the objects on the way. */
const insert = (tree: Parameters, key: string, value: string): void => {
  const path = key.split(".");
  const last = path.pop() ?? key;
  let node = tree;
  for (const step of path) {
    node[step] ??= Object.create(null) as Parameters;
    const next = node[step];
    if (typeof next !== "object" || Array.isArray(next)) {
      throw new Ec2Error("InvalidQueryParameter", `${key} contradicts another parameter of the request`);
    }
    node = next;
  }
  node[last] = value;
};

/** Objects whose keys are 1, 2, 3… are lists on the wire. */
const withLists = (node: Parameter): Parameter => {
  if (typeof node === "string" || Array.isArray(node)) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, withLists(value)] as const);
  const isList = entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key));
  if (!isList) return Object.fromEntries(entries);
  return entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
};

/** The form's parameters, nested, without `Version`, which SDKs always send. */
export const decodeQuery = (body: string): { action: string; parameters: Parameters } => {
  const tree = Object.create(null) as Parameters;
  for (const [key, value] of new URLSearchParams(body)) insert(tree, key, value);
  const { Action, Version: _, ...parameters } = withLists(tree) as Parameters;
  return { action: typeof Action === "string" ? Action : "", parameters };
};

const asEc2Error = (issue: z.core.$ZodIssue): Ec2Error => {
  const at = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const name = [at, issue.keys[0]].filter(Boolean).join(".");
    return new Ec2Error(
      "UnknownParameter",
      `The parameter ${name} is not recognized. (local/ec2 refuses what it does not model rather than ignore it.)`,
    );
  }
  if (issue.code === "invalid_type" && issue.input === undefined) {
    return new Ec2Error("MissingParameter", `The request must contain the parameter ${at}`);
  }
  return new Ec2Error("InvalidParameterValue", `Invalid value for ${at}: ${issue.message}`);
};

/** The request's parameters as the schema says, or EC2's error for the first thing wrong with them. */
export const parseParameters = <S extends z.ZodType>(schema: S, parameters: Parameters): z.output<S> => {
  const result = schema.safeParse(parameters, { reportInput: true });
  if (result.success) return result.data;
  const [first] = result.error.issues;
  throw first ? asEc2Error(first) : result.error;
};

/** How booleans and numbers arrive in a form. */
export const formBoolean = z.enum(["true", "false"]).transform((text) => text === "true");
export const formInteger = z
  .string()
  .regex(/^\d+$/, "a whole number is needed")
  .transform((text) => Number(text));
