// Which calls were made here, by whom: tests and reports read it to see what a task really does.
import type { IncomingHttpHeaders } from "node:http";
import type { Need } from "../authorisation/needs.ts";

export type Service = "ec2" | "ssm";

export interface Call {
  at: string;
  service: Service;
  action: string;
  /** `AWS_SDK_UA_APP_ID` of the caller, which is the task's name */
  app: string | undefined;
  /** what it had to be allowed; none where the caller is no task, which is not checked */
  needs: Need[];
  /** the service's error code, if the call failed */
  error: string | undefined;
}

const mostCalls = 10_000;

export class Calls {
  #calls: Call[] = [];

  add(call: Call): void {
    this.#calls.push(call);
    if (this.#calls.length > mostCalls) this.#calls.shift();
  }

  list = (): Call[] => this.#calls;

  clear(): void {
    this.#calls = [];
  }
}

/** SDKs put `app/<id>` into their user agent; Powertools for AWS Lambda lengthens the id of every function (`-PT-…`). */
export const appOf = (headers: IncomingHttpHeaders): string | undefined =>
  /\bapp\/(\S+?)(?:-PT-\S*)?(?:\s|$)/.exec(headers["user-agent"] ?? "")?.[1];
