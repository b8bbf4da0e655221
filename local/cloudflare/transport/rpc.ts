// The level 0 and 1 messages of Cap'n Proto RPC that a tunnel's control stream uses.
// Layouts: rpc.capnp of the Cap'n Proto distribution.
import { readMessage, type StructReader } from "./capnp-reader.ts";
import { encodeMessage, type PointerNode, type StructNode, text } from "./capnp-writer.ts";

const TAG = { abort: 1, call: 2, return: 3, finish: 4, release: 6, bootstrap: 8 } as const;
const RETURN = { results: 0, exception: 1 } as const;
const PROMISED_ANSWER = 1;
const UNIMPLEMENTED = 3;

export type RpcMessage =
  | { kind: "bootstrap"; questionId: number }
  | { kind: "call"; questionId: number; interfaceId: bigint; methodId: number; params: StructReader }
  | { kind: "results"; answerId: number; content: StructReader }
  | { kind: "exception"; answerId: number; reason: string }
  | { kind: "abort"; reason: string }
  /** Finish, Release and the like: bookkeeping that needs no answer here. */
  | { kind: "other" };

/** @throws MalformedMessageError */
export const parseRpc = (bytes: Buffer): RpcMessage => {
  const message = readMessage(bytes);
  const tag = message.uint16(0);
  const body = message.struct(0);
  if (tag === TAG.bootstrap) return { kind: "bootstrap", questionId: body.uint32(0) };
  if (tag === TAG.call) return parseCall(body);
  if (tag === TAG.return) return parseReturn(body);
  if (tag === TAG.abort) return { kind: "abort", reason: body.text(0) };
  return { kind: "other" };
};

const parseCall = (call: StructReader): RpcMessage => ({
  kind: "call",
  questionId: call.uint32(0),
  methodId: call.uint16(4),
  interfaceId: call.uint64(8),
  params: call.struct(1).struct(0),
});

const parseReturn = (answer: StructReader): RpcMessage => {
  const answerId = answer.uint32(0);
  const tag = answer.uint16(6);
  if (tag === RETURN.results) return { kind: "results", answerId, content: answer.struct(0) };
  const reason = tag === RETURN.exception ? answer.struct(0).text(0) : `a return of kind ${tag}`;
  return { kind: "exception", answerId, reason };
};

const message = (tag: number, body: StructNode): Buffer =>
  encodeMessage({
    kind: "struct",
    dataWords: 1,
    data: (section) => section.writeUInt16LE(tag, 0),
    pointers: [body],
  });

export const bootstrap = (questionId: number): Buffer =>
  message(TAG.bootstrap, {
    kind: "struct",
    dataWords: 1,
    data: (section) => section.writeUInt32LE(questionId, 0),
    pointers: [null],
  });

export interface Call {
  questionId: number;
  interfaceId: bigint;
  methodId: number;
  params: PointerNode;
}

/** A call on what the question `bootstrapId` will answer, so that it need not be waited for. */
export const pipelinedCall = (bootstrapId: number, call: Call): Buffer =>
  message(TAG.call, {
    kind: "struct",
    dataWords: 3,
    data: (section) => {
      section.writeUInt32LE(call.questionId, 0);
      section.writeUInt16LE(call.methodId, 4);
      section.writeBigUInt64LE(call.interfaceId, 8);
    },
    pointers: [promisedAnswer(bootstrapId), payload(call.params), null],
  });

const promisedAnswer = (questionId: number): StructNode => ({
  kind: "struct",
  dataWords: 1,
  data: (section) => section.writeUInt16LE(PROMISED_ANSWER, 4),
  pointers: [
    {
      kind: "struct",
      dataWords: 1,
      data: (section) => section.writeUInt32LE(questionId, 0),
      pointers: [null],
    },
  ],
});

const payload = (content: PointerNode, capabilities: PointerNode = null): StructNode => ({
  kind: "struct",
  dataWords: 0,
  pointers: [content, capabilities],
});

const answer = (answerId: number, tag: number, body: StructNode): Buffer =>
  message(TAG.return, {
    kind: "struct",
    dataWords: 2,
    data: (section) => {
      section.writeUInt32LE(answerId, 0);
      section.writeUInt16LE(tag, 6);
    },
    pointers: [body],
  });

export const results = (answerId: number, content: PointerNode): Buffer =>
  answer(answerId, RETURN.results, payload(content));

/** Answers a bootstrap with the one object that the edge offers, number 0 of its exports. */
export const bootstrapResult = (answerId: number): Buffer => {
  const senderHosted: StructNode = {
    kind: "struct",
    dataWords: 1,
    data: (section) => section.writeUInt16LE(1, 0),
    pointers: [null],
  };
  const table: PointerNode = { kind: "structs", dataWords: 1, pointerCount: 1, items: [senderHosted] };
  return answer(answerId, RETURN.results, payload({ kind: "capability", index: 0 }, table));
};

export const unimplemented = (answerId: number, reason: string): Buffer =>
  answer(answerId, RETURN.exception, {
    kind: "struct",
    dataWords: 1,
    data: (section) => section.writeUInt16LE(UNIMPLEMENTED, 4),
    pointers: [text(reason)],
  });

export const finish = (questionId: number): Buffer =>
  message(TAG.finish, {
    kind: "struct",
    dataWords: 1,
    data: (section) => section.writeUInt32LE(questionId, 0),
  });
