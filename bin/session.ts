// Whoever runs a command: where results go, where all else goes, and who answers questions.
import { createInterface } from "node:readline";
import type { Operator } from "../operations/operator.ts";
import { UsageError } from "./usage-error.ts";

export interface Session {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  /** For results alone. */
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  /** Where the stages' files are; config/ without it. */
  configDirectory?: string;
}

interface Manner {
  /** What happens goes to stderr, because a program reads stdout. */
  json?: boolean | undefined;
  yes?: boolean | undefined;
}

/**
 * @param change what the command is about to change
 * @throws UsageError where nobody said yes and nobody can be asked
 */
export const operatorOf = (session: Session, { json, yes }: Manner, change?: string): Operator => {
  if (change && !yes && !session.stdin.isTTY)
    throw new UsageError(`This changes ${change}, and stdin is no terminal to ask on. To do it: --yes`);
  const lines = json ? session.stderr : session.stdout;
  return {
    say: (line) => void lines.write(`${line}\n`),
    confirm: async (question) => yes || (await ask(session, question)),
  };
};

export const printJson = ({ stdout }: Session, result: unknown): void =>
  void stdout.write(`${JSON.stringify(result, null, 2)}\n`);

const ask = ({ stdin, stderr }: Session, question: string): Promise<boolean> =>
  new Promise((resolve) => {
    const lines = createInterface({ input: stdin, output: stderr });
    // Ctrl-C and Ctrl-D close it without an answer.
    lines.once("close", () => resolve(false));
    lines.question(`${question} [y/N] `, (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      lines.close();
    });
  });
