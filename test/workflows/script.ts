// What the tasks of a workflow under test shall answer, and the record of what they were asked.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { AnswerOf, TaskName } from "../../lambdas/tasks.ts";
import type { Answers } from "./answers.ts";

/** What a task may answer: any error, or an output of its own. */
type Answer<Name extends TaskName = TaskName> = { delayMs?: number } & (
  | { error: string; message?: string }
  | { result: AnswerOf<Name> }
);

/** What is called: a task, or who is told of an alarm. */
type Called = TaskName | "operators";

export interface Call {
  task: Called;
  /** tasks of a sweep have no slug */
  input: { slug?: string } & Record<string, unknown>;
}

/** Stands for the slug where a task works for the whole fleet. */
export const fleet = "(the fleet)";

const slugOf = ({ input }: Call): string => input.slug ?? fleet;

export class Script {
  readonly url: string;
  readonly close: () => Promise<void>;
  readonly #answers = new Map<string, Answer[]>();
  #calls: Call[] = [];

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.close = close;
  }

  static async start(defaults: Answers): Promise<Script> {
    const server = createServer(async (request, response) => {
      const answer = await script.#next((await json(request)) as Call, defaults);
      response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
    const script = new Script(`http://127.0.0.1:${port}`, close);
    return script;
  }

  /** The task's next answers for this tenant; after them it succeeds. */
  add<Name extends TaskName>(slug: string, task: Name, ...answers: Answer<Name>[]): void {
    this.#answers.set(`${slug} ${task}`, answers);
  }

  /** What was asked so far is no longer counted. */
  forget(slug: string): void {
    this.#calls = this.#calls.filter((call) => slugOf(call) !== slug);
  }

  calls(slug: string): Called[] {
    return this.#calls.filter((call) => slugOf(call) === slug).map(({ task }) => task);
  }

  inputs(slug: string, task: Called): Call["input"][] {
    return this.#calls
      .filter((call) => slugOf(call) === slug && call.task === task)
      .map(({ input }) => input);
  }

  async #next(call: Call, defaults: Answers): Promise<Answer> {
    this.#calls.push(call);
    const answer = this.#answers.get(`${slugOf(call)} ${call.task}`)?.shift();
    if (answer?.delayMs) await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
    if (answer) return answer;
    return call.task === "operators" ? { result: {} } : { result: defaults[call.task] };
  }
}
