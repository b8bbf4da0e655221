// The edge's end of a control stream: answers the connector's RPC calls.
import type { Duplex } from "node:stream";
import { messageSplitter } from "../transport/capnp-framing.ts";
import {
  decodeRegistration,
  encodeAnswer,
  METHOD,
  REGISTRATION_SERVER,
  type Registration,
  type RegistrationAnswer,
} from "../transport/registration.ts";
import { bootstrapResult, parseRpc, type RpcMessage, results, unimplemented } from "../transport/rpc.ts";

export interface ControlHandlers {
  /** An answer with `error` ends the connection once it is sent. */
  register(registration: Registration): RegistrationAnswer;
  registered(): void;
  refused(): void;
  unregistered(): void;
  /** The peer sent what is not this protocol. */
  malformed(error: Error): void;
}

type Call = Extract<RpcMessage, { kind: "call" }>;
const EMPTY = { kind: "struct", dataWords: 0 } as const;

export const serveControlStream = (stream: Duplex, handlers: ControlHandlers): void => {
  const split = messageSplitter();
  stream.on("data", (chunk: Buffer) => {
    try {
      for (const bytes of split(chunk)) answerMessage(stream, parseRpc(bytes), handlers);
    } catch (error) {
      handlers.malformed(error as Error);
    }
  });
};

const answerMessage = (stream: Duplex, message: RpcMessage, handlers: ControlHandlers): void => {
  if (message.kind === "bootstrap") stream.write(bootstrapResult(message.questionId));
  if (message.kind === "call") answerCall(stream, message, handlers);
};

const answerCall = (stream: Duplex, call: Call, handlers: ControlHandlers): void => {
  const { questionId, methodId } = call;
  if (call.interfaceId !== REGISTRATION_SERVER) {
    const asked = `0x${call.interfaceId.toString(16)}`;
    stream.write(unimplemented(questionId, `interface ${asked} is not served, only RegistrationServer`));
  } else if (methodId === METHOD.registerConnection) {
    const answer = handlers.register(decodeRegistration(call.params));
    const done = "error" in answer ? handlers.refused : handlers.registered;
    stream.write(results(questionId, encodeAnswer(answer)), () => done());
  } else if (methodId === METHOD.unregisterConnection) {
    stream.write(results(questionId, EMPTY));
    handlers.unregistered();
  } else if (methodId === METHOD.updateLocalConfiguration) {
    stream.write(results(questionId, EMPTY));
  } else {
    stream.write(unimplemented(questionId, `RegistrationServer has no method ${methodId}`));
  }
};
