// Parameter Store as a booting machine sees it: each secret is missing, refused or granted, call by call.
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { type SecretName, secretNames, secretParameter, type TenantKey } from "../../../core/tenant/names.ts";

interface Answer {
  status: number;
  body: object;
}
interface Request {
  headers: IncomingHttpHeaders;
  body: { Name: string };
}

export const refused: Answer = { status: 400, body: { __type: "AccessDeniedException", message: "not yet" } };
export const missing: Answer = { status: 400, body: { __type: "com.amazonaws.ssm#ParameterNotFound" } };
export const secretValue = (name: SecretName): string => `value-of-the-${name}`;
export const holding = (value: string): Answer => ({ status: 200, body: { Parameter: { Value: value } } });
const granted = (name: SecretName): Answer => holding(secretValue(name));

export class ParameterStore {
  /** What is answered for each parameter; the last answer stays. */
  readonly answers: Record<string, Answer[]>;
  readonly requests: Request[] = [];
  readonly #key: TenantKey;

  constructor(key: TenantKey) {
    this.#key = key;
    this.answers = Object.fromEntries(
      secretNames.map((name) => [secretParameter(key, name), [granted(name)]]),
    );
  }

  /** For every secret alike. */
  answerFirst(...first: Answer[]): void {
    for (const name of secretNames) this.answer(name, ...first, granted(name));
  }

  answer(name: SecretName, ...answers: Answer[]): void {
    this.answers[secretParameter(this.#key, name)] = answers;
  }

  server = (): Server =>
    createServer(async (request, response) => {
      const body = JSON.parse(await text(request));
      this.requests.push({ headers: request.headers, body });
      const answers = this.answers[body.Name] ?? [];
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? missing;
      response.writeHead(answer.status).end(JSON.stringify(answer.body));
    });
}
