// The connector's end of the control stream: registers, and takes its leave.
import type { Duplex } from "node:stream";
import { messageSplitter } from "../cloudflare/transport/capnp-framing.ts";
import type { StructReader } from "../cloudflare/transport/capnp-reader.ts";
import type { StructNode } from "../cloudflare/transport/capnp-writer.ts";
import {
  decodeAnswer,
  encodeRegistration,
  METHOD,
  REGISTRATION_SERVER,
  type Registration,
  type RegistrationAnswer,
} from "../cloudflare/transport/registration.ts";
import { bootstrap, finish, parseRpc, pipelinedCall } from "../cloudflare/transport/rpc.ts";

const BOOTSTRAP = 0;
const NO_PARAMS: StructNode = { kind: "struct", dataWords: 0 };

interface Waiting {
  resolve(content: StructReader): void;
  reject(error: Error): void;
}

export class RegistrationClient {
  readonly #stream: Duplex;
  readonly #waiting = new Map<number, Waiting>();
  #lastQuestion = BOOTSTRAP;

  constructor(stream: Duplex) {
    this.#stream = stream;
    const split = messageSplitter();
    stream.on("data", (chunk: Buffer) => {
      try {
        for (const bytes of split(chunk)) this.#receive(bytes);
      } catch (error) {
        stream.destroy(error as Error);
      }
    });
    stream.on("close", () => this.#failAll(new Error("the edge closed the control stream")));
  }

  async register(registration: Registration): Promise<RegistrationAnswer> {
    this.#stream.write(bootstrap(BOOTSTRAP));
    const content = await this.#call(METHOD.registerConnection, encodeRegistration(registration));
    return decodeAnswer(content);
  }

  async unregister(): Promise<void> {
    await this.#call(METHOD.unregisterConnection, NO_PARAMS);
    this.close();
  }

  /** The edge closes the connection when its control stream has ended. */
  close(): void {
    this.#stream.end();
  }

  #call(methodId: number, params: StructNode): Promise<StructReader> {
    const questionId = ++this.#lastQuestion;
    return new Promise((resolve, reject) => {
      this.#waiting.set(questionId, { resolve, reject });
      this.#stream.write(
        pipelinedCall(BOOTSTRAP, { questionId, interfaceId: REGISTRATION_SERVER, methodId, params }),
      );
    });
  }

  #receive(bytes: Buffer): void {
    const message = parseRpc(bytes);
    if (message.kind === "abort") this.#failAll(new Error(`the edge aborted: ${message.reason}`));
    if (message.kind !== "results" && message.kind !== "exception") return;
    const waiting = this.#waiting.get(message.answerId);
    if (!waiting) return;
    this.#waiting.delete(message.answerId);
    this.#stream.write(finish(message.answerId));
    if (message.kind === "results") waiting.resolve(message.content);
    else waiting.reject(new Error(message.reason));
  }

  #failAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
