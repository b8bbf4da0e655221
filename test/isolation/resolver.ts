// CloudFormation's functions over the templates of one stage, answered as a deployment would answer them, so that
// policies can be judged as they will be: with whole ARNs.
import { type Home, physicalId, type Resource } from "./physical-ids.ts";

export interface CloudTemplate {
  Parameters?: Record<string, { Default?: unknown }>;
  Resources?: Record<string, Resource>;
  Outputs?: Record<string, { Value: unknown; Export?: { Name: unknown } }>;
}

/** Physical ids by logical ids, by the names of their stacks. */
export type Deployed = Record<string, Record<string, string>>;

type Functions = Record<string, (argument: never, stack: string) => unknown>;

export class Resolver {
  readonly #home: Home;
  readonly #templates: Record<string, CloudTemplate>;
  readonly #deployed: Deployed;
  readonly #functions: Functions = {
    Ref: (name: string, stack) => this.#reference(name, stack),
    "Fn::GetAtt": ([id, attribute]: [string, string], stack) => this.#physical(id, stack, attribute),
    "Fn::Join": ([separator, parts]: [string, unknown[]], stack) =>
      this.#strings(parts, stack).join(separator),
    "Fn::Split": ([separator, text]: [string, unknown], stack) => this.#text(text, stack).split(separator),
    "Fn::Select": ([index, list]: [number | string, unknown], stack) =>
      (this.resolve(list, stack) as unknown[])[Number(index)],
    "Fn::Sub": (argument: string | [string, Record<string, unknown>], stack) =>
      this.#substitute(argument, stack),
    "Fn::GetAZs": () => ["a", "b", "c"].map((zone) => `${this.#home.region}${zone}`),
    "Fn::ImportValue": (name: unknown, stack) => this.#imported(this.#text(name, stack)),
  };

  /**
   * @param templates by the names of their stacks
   * @param deployed of stacks that are; others get made-up ids, the same for the same resource
   */
  constructor(home: Home, templates: Record<string, CloudTemplate>, deployed: Deployed = {}) {
    this.#home = home;
    this.#templates = templates;
    this.#deployed = deployed;
  }

  /** @throws Error on what cannot be answered */
  resolve(value: unknown, stack: string): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item, stack));
    if (typeof value !== "object" || value === null) return value;
    const [[name, argument] = [], ...others] = Object.entries(value);
    if (name !== undefined && others.length === 0 && (name === "Ref" || name.startsWith("Fn::"))) {
      const answer = this.#functions[name];
      if (!answer) throw new Error(`${stack}: ${name} is not known; add it to resolver.ts`);
      return answer(argument as never, stack);
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolve(item, stack)]));
  }

  #text(value: unknown, stack: string): string {
    const resolved = this.resolve(value, stack);
    if (typeof resolved === "string") return resolved;
    throw new Error(`${stack}: ${JSON.stringify(value)} is ${JSON.stringify(resolved)}, where text belongs`);
  }

  #strings = (parts: unknown[], stack: string): string[] => parts.map((part) => this.#text(part, stack));

  #reference(name: string, stack: string): string {
    const { account, region } = this.#home;
    const pseudo: Record<string, string> = {
      "AWS::AccountId": account,
      "AWS::Region": region,
      "AWS::Partition": "aws",
      "AWS::URLSuffix": "amazonaws.com",
      "AWS::StackName": stack,
    };
    const parameter = this.#templates[stack]?.Parameters?.[name];
    return pseudo[name] ?? (parameter ? String(parameter.Default) : this.#physical(name, stack));
  }

  #physical(id: string, stack: string, attribute?: string): string {
    const resource = this.#templates[stack]?.Resources?.[id];
    if (!resource) throw new Error(`${stack} has no resource ${id}`);
    const deployed = this.#deployed[stack]?.[id];
    return physicalId(this.#home, resource, { stack, logicalId: id, attribute, deployed });
  }

  #substitute(argument: string | [string, Record<string, unknown>], stack: string): string {
    const [text, values] = typeof argument === "string" ? [argument, {}] : argument;
    return text.replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
      if (literal) return whole.replace("!", "");
      if (Object.hasOwn(values, name)) return this.#text(values[name], stack);
      const [id = "", attribute] = name.split(".", 2);
      return attribute ? this.#physical(id, stack, attribute) : this.#reference(id, stack);
    });
  }

  #imported(name: string): unknown {
    for (const [stack, { Outputs = {} }] of Object.entries(this.#templates)) {
      const output = Object.values(Outputs).find(({ Export }) => Export?.Name === name);
      if (output) return this.resolve(output.Value, stack);
    }
    throw new Error(`no stack exports ${name}`);
  }
}
