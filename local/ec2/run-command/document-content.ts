// What a command document says: its parameters, and the one shell step that local machines can run.
import * as z from "zod";
import { Ec2Error } from "../protocol/errors.ts";

const documentParameter = z.strictObject({
  type: z.literal("String"),
  description: z.string().optional(),
  default: z.string().optional(),
  allowedValues: z.array(z.string()).optional(),
  allowedPattern: z.string().optional(),
});

const shellStep = z.strictObject({
  action: z.literal("aws:runShellScript"),
  name: z.string(),
  precondition: z
    .strictObject({ StringEquals: z.tuple([z.literal("platformType"), z.literal("Linux")]) })
    .optional(),
  inputs: z.strictObject({
    runCommand: z.array(z.string()).min(1),
    timeoutSeconds: z.union([z.string(), z.int().transform(String)]).default("3600"),
  }),
});

const documentContent = z.strictObject({
  schemaVersion: z.literal("2.2"),
  description: z.string().optional(),
  parameters: z.record(z.string(), documentParameter).default({}),
  mainSteps: z.tuple([shellStep]),
});
export type DocumentContent = z.output<typeof documentContent>;

/** What one invocation of a document runs. */
export interface Script {
  /** the step's lines as one script */
  text: string;
  timeoutSeconds: number;
}

const placeholder = /\{\{\s*(\w+)\s*\}\}/g;

/** @param text JSON. @throws Ec2Error InvalidDocumentContent, also on what AWS would take and is not modelled here */
export const parseContent = (text: string): DocumentContent => {
  const { error, data } = documentContent.safeParse(fromJson(text));
  if (error) throw invalidContent(z.prettifyError(error));
  const { runCommand, timeoutSeconds } = data.mainSteps[0].inputs;
  for (const [, name = ""] of [...runCommand, timeoutSeconds].join("\n").matchAll(placeholder)) {
    if (!Object.hasOwn(data.parameters, name)) throw invalidContent(`Parameter ${name} is not declared.`);
  }
  return data;
};

const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidContent(`local/ec2 reads JSON only: ${(cause as Error).message}`);
  }
};

const invalidContent = (reason: string): Ec2Error => new Ec2Error("InvalidDocumentContent", reason);

/** The agent's own limits for timeoutSeconds, and what it takes instead of a value beyond them. */
const executionTimeout = { min: 5, max: 172_800, otherwise: 3_600 };

/** @param given as in SendCommand. @throws Ec2Error InvalidParameters */
export const scriptOf = (content: DocumentContent, given: Record<string, string[]>): Script => {
  const values = parameterValues(content, given);
  const fill = (text: string): string =>
    text.replace(placeholder, (_, name: string) => values.get(name) ?? "");
  const { runCommand, timeoutSeconds } = content.mainSteps[0].inputs;
  const seconds = Number(fill(timeoutSeconds));
  const { min, max, otherwise } = executionTimeout;
  return {
    text: runCommand.map(fill).join("\n"),
    timeoutSeconds: seconds >= min && seconds <= max ? seconds : otherwise,
  };
};

const parameterValues = (
  { parameters }: DocumentContent,
  given: Record<string, string[]>,
): Map<string, string> => {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(parameters, name));
  if (unknown.length > 0) throw invalidParameters(`the document has no parameter ${unknown.join(", ")}`);
  return new Map(
    Object.entries(parameters).map(([name, parameter]) => [name, checkedValue(name, parameter, given[name])]),
  );
};

const checkedValue = (
  name: string,
  parameter: DocumentContent["parameters"][string],
  given: string[] | undefined,
): string => {
  const [value, ...more] = given ?? [parameter.default];
  const { allowedValues, allowedPattern } = parameter;
  if (value === undefined) throw invalidParameters(`parameter ${name} is required`);
  if (more.length > 0) throw invalidParameters(`parameter ${name} is a String and takes one value`);
  if (allowedValues && !allowedValues.includes(value))
    throw invalidParameters(`${name} is "${value}"; allowed are ${allowedValues.join(", ")}`);
  if (allowedPattern !== undefined && !new RegExp(allowedPattern).test(value))
    throw invalidParameters(`${name} is "${value}", which does not match ${allowedPattern}`);
  return value;
};

const invalidParameters = (reason: string): Ec2Error => new Ec2Error("InvalidParameters", reason);
