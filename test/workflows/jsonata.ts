// JSONata as Step Functions evaluates it: an expression without a value fails its state, wherever it stands.
import jsonata from "jsonata";

export type Value = null | boolean | number | string | Value[] | { [name: string]: Value };
export type Variables = { readonly [name: string]: unknown };

/** Any `{% … %}` of AWS's that has no value: States.QueryEvaluationError. */
class QueryEvaluationError extends Error {
  override name = "QueryEvaluationError";
}

export const now = () => "2026-11-22T12:00:00.000Z";
const parse = (text: string): Value => JSON.parse(text);

const compiled = new Map<string, ReturnType<typeof jsonata>>();

const compile = (source: string) => {
  const expression = compiled.get(source) ?? jsonata(source);
  compiled.set(source, expression);
  return expression;
};

/** What a variable is until it is assigned: inside an object, it would leave its field out without a word. */
const UNASSIGNED = "(not assigned)";

/** Those that the expression names. */
const usedBy = (source: string, variables: Variables): Variables =>
  Object.fromEntries(
    Array.from(source.matchAll(/\$(\w+)\b(?!\()/g), ([, name = ""]) => [
      name,
      name in variables ? variables[name] : UNASSIGNED,
    ]),
  );

const values = new Map<string, Promise<Value>>();

/** A walk along all paths asks the same a hundred times over. @throws QueryEvaluationError */
const valueIn = (source: string, variables: Variables): Promise<Value> => {
  const used = usedBy(source, variables);
  const key = `${source} ${JSON.stringify(used)}`;
  const value = values.get(key) ?? evaluated(source, used);
  values.set(key, value);
  return value;
};

const evaluated = async (source: string, used: Variables): Promise<Value> => {
  const result = JSON.stringify(await resultOf(source, { ...used, now, parse }));
  if (result === undefined) throw new QueryEvaluationError(`${source}: it has no value`);
  if (result.includes(UNASSIGNED)) throw new QueryEvaluationError(`${source}: a variable is not assigned`);
  return JSON.parse(result);
};

const resultOf = (source: string, variables: Record<string, unknown>): Promise<unknown> =>
  compile(source)
    .evaluate(undefined, variables)
    .catch((error: Error) => {
      throw new QueryEvaluationError(`${source}: ${error.message}`, { cause: error });
    });

/** What a field of a state becomes. @throws QueryEvaluationError */
export const evaluate = async (field: unknown, variables: Variables): Promise<Value> => {
  if (typeof field === "string") {
    const source = /^\{%(.*)%\}$/s.exec(field)?.[1];
    return source === undefined ? field : valueIn(source, variables);
  }
  if (Array.isArray(field)) return Promise.all(field.map((item) => evaluate(item, variables)));
  if (typeof field !== "object" || field === null) return field as Value;
  const entries = Object.entries(field).map(async ([name, value]) => [
    name,
    await evaluate(value, variables),
  ]);
  return Object.fromEntries(await Promise.all(entries));
};
