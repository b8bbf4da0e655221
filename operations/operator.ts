// Whom an operation tells what it does, and asks before it changes anything.
import { OperatorError } from "../core/operator-error.ts";

export interface Operator {
  /** A line of what happens. */
  say(line: string): void;
  /** Whether to go on. */
  confirm(question: string): Promise<boolean>;
}

/** @throws OperatorError unless the operator wants it */
export const confirmed = async ({ confirm }: Pick<Operator, "confirm">, question: string): Promise<void> => {
  if (!(await confirm(question))) throw new OperatorError("Nothing was changed.");
};
