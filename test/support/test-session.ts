// The program `warren` in this process, with what it wrote; a terminal only where somebody answers.
import { PassThrough, Writable } from "node:stream";
import { runProgram } from "../../bin/program.ts";
import type { Session } from "../../bin/session.ts";

interface Circumstances {
  configDirectory?: string;
  /** What is typed, if anybody sits there; empty for the end of the input. */
  answer?: string;
}

export const testSession = ({ configDirectory, answer }: Circumstances = {}) => {
  const stdin = Object.assign(new PassThrough(), { isTTY: answer !== undefined });
  stdin.end(answer ? `${answer}\n` : "");
  const [stdout, stderr] = [newCollector(), newCollector()];
  const session: Session = { stdin, stdout: stdout.stream, stderr: stderr.stream };
  if (configDirectory) session.configDirectory = configDirectory;
  return { session, stdout, stderr };
};

export const runWarren = async (args: string[], circumstances?: Circumstances) => {
  const { session, stdout, stderr } = testSession(circumstances);
  const exitCode = await runProgram(args, session);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
};

const newCollector = () => {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => chunks.join("") };
};
