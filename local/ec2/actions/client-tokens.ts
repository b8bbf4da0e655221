// Client tokens make creates idempotent: the same token and parameters give the same resource, other parameters fail.
import { Ec2Error } from "../protocol/errors.ts";
import type { Parameters } from "../protocol/query.ts";

interface Use<T> {
  parameters: string;
  made: Promise<T>;
}

/** What one kind of create made, by token. */
export class ClientTokens<T> {
  readonly #uses = new Map<string, Use<T>>();

  /**
   * Creates once per token. A create that failed leaves its token free, as on EC2.
   * @throws Ec2Error IdempotentParameterMismatch if the token was used with other parameters
   */
  async once({ ClientToken: token, ...parameters }: Parameters, create: () => Promise<T>): Promise<T> {
    if (typeof token !== "string") return create();
    const text = JSON.stringify(parameters, (_, value) => sortKeys(value));
    const earlier = this.#uses.get(token);
    if (earlier && earlier.parameters !== text) throw mismatch(token);
    if (earlier) return earlier.made;
    const made = create();
    this.#uses.set(token, { parameters: text, made });
    made.catch(() => this.#uses.delete(token));
    return made;
  }
}

const mismatch = (token: string): Ec2Error =>
  new Ec2Error(
    "IdempotentParameterMismatch",
    `Arguments on this idempotent request are inconsistent with arguments used in previous request(s) with client token '${token}'.`,
  );

const sortKeys = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
};
