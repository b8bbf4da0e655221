import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { messageSplitter } from "./capnp-framing.ts";
import { MalformedMessageError } from "./capnp-reader.ts";
import {
  decodeAnswer,
  decodeRegistration,
  encodeAnswer,
  encodeRegistration,
  METHOD,
  REGISTRATION_SERVER,
  type RegistrationAnswer,
} from "./registration.ts";
import {
  bootstrap,
  bootstrapResult,
  finish,
  parseRpc,
  pipelinedCall,
  type RpcMessage,
  results,
  unimplemented,
} from "./rpc.ts";

// What cloudflared 2026.8.2 sent to register a made-up tunnel, whose secret was 32 times the letter S.
const CAPTURED = {
  bootstrap: "AAAAAAUAAAAAAAAAAQABAAgAAAAAAAAAAAAAAAEAAQAAAAAAAAAAAAAAAAAAAAAA",
  register:
    "AAAAAEQAAAAAAAAAAQABAAIAAAAAAAAAAAAAAAMAAwABAAAAAAAAAJdU6H/slRb3AAAAAAAAAAAIAAAAAQABABgAAAAAAAIA" +
    "AAAAAAAAAAAAAAAAAQAAAAAAAAABAAEAAAAAAAAAAAABAAAABwAAAAAAAAABAAAABAAAAAEAAwDNAAAABwAAAAAAAAAAAAAA" +
    "CAAAAAAAAgAxAAAAggAAADQAAAABAAIABQAAAAoBAAAVAAAAAgEAAGFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh" +
    "AAAAAAAAAABTU1NTU1NTU1NTU1NTU1NTU1NTU1NTU1NTU1NTU1NTUxEREREiIkMzhERVVVVVVVUAAAAAAAAAAAQAAAAAAAQA" +
    "dQAAAIIAAAANAAAAggAAABEAAAAuAAAAWQAAAEoAAABdAAAAYgAAAGASFrJa3UcPgRfjbKn5ZocRAAAAogAAABkAAACKAAAA" +
    "IQAAAIIAAAAlAAAAogAAAC0AAACaAAAAc3VwcG9ydF9kYXRhZ3JhbV92MgAAAAAAc3VwcG9ydF9xdWljX2VvZgAAAAAAAAAA" +
    "bWFuYWdlbWVudF9sb2dzAGFsbG93X3JlbW90ZV9jb25maWcAAAAAAHNlcmlhbGl6ZWRfaGVhZGVycwAAAAAAADIwMjYuOC4y" +
    "AAAAAAAAAABsaW51eF9hbWQ2NAAAAAAAAAAAAAAAAAAAAP//fwAAAQAAAAABAAEA",
  finish: "AAAAAAQAAAAAAAAAAQABAAQAAAAAAAAAAAAAAAEAAAAAAAAAAQAAAA==",
  unregister:
    "AAAAAA4AAAAAAAAAAQABAAIAAAAAAAAAAAAAAAMAAwABAAAAAQAAAJdU6H/slRb3AAAAAAAAAAAIAAAAAQABAAwAAAAAAAIA" +
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/P///wAAAAABAAAABwAAAAAAAAABAAEA",
};
const captured = (message: keyof typeof CAPTURED): Buffer => Buffer.from(CAPTURED[message], "base64");

type Call = Extract<RpcMessage, { kind: "call" }>;
const UUID = "01234567-89ab-4cde-8f01-23456789abcd";

describe("what cloudflared sends", () => {
  test("a bootstrap", () => {
    expect(parseRpc(captured("bootstrap"))).toEqual({ kind: "bootstrap", questionId: 0 });
  });

  test("a registration, with everything in it", () => {
    const call = parseRpc(captured("register")) as Call;

    const registration = decodeRegistration(call.params);

    expect(call).toMatchObject({
      kind: "call",
      questionId: 1,
      interfaceId: REGISTRATION_SERVER,
      methodId: METHOD.registerConnection,
    });
    expect(registration).toEqual({
      accountTag: "a".repeat(32),
      secret: Buffer.alloc(32, "S"),
      tunnelId: "11111111-2222-4333-8444-555555555555",
      connIndex: 0,
      client: {
        id: "601216b2-5add-470f-8117-e36ca9f96687",
        version: "2026.8.2",
        arch: "linux_amd64",
        features: [
          "support_datagram_v2",
          "support_quic_eof",
          "management_logs",
          "allow_remote_config",
          "serialized_headers",
        ],
      },
    });
  });

  test("its leave, and bookkeeping that needs no answer", () => {
    expect(parseRpc(captured("unregister"))).toMatchObject({ methodId: METHOD.unregisterConnection });
    expect(parseRpc(captured("finish"))).toEqual({ kind: "other" });
  });
});

describe("what we write, we read", () => {
  test("a bootstrap is byte for byte cloudflared's", () => {
    expect(bootstrap(0).equals(captured("bootstrap"))).toBe(true);
  });

  test("registrations of any content", () => {
    const registrations = fc.record({
      accountTag: fc.string({ unit: "grapheme" }).filter((tag) => !tag.includes("\0")),
      secret: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      tunnelId: fc.uuid(),
      connIndex: fc.nat(255),
      client: fc.record({
        id: fc.uuid(),
        version: fc.stringMatching(/^[\w.]*$/),
        arch: fc.stringMatching(/^\w*$/),
        features: fc.array(fc.stringMatching(/^\w*$/)),
      }),
    });

    fc.assert(
      fc.property(registrations, (registration) => {
        const interfaceId = REGISTRATION_SERVER;
        const params = encodeRegistration(registration);
        const bytes = pipelinedCall(0, { questionId: 7, interfaceId, methodId: 0, params });
        expect(decodeRegistration((parseRpc(bytes) as Call).params)).toEqual(registration);
      }),
    );
  });

  test.each<RegistrationAnswer>([
    { connectionId: UUID, location: "local01", remotelyManaged: true },
    { connectionId: UUID, location: "", remotelyManaged: false },
    { error: "Unauthorized: Tunnel not found", retryAfterMs: null },
    { error: "later", retryAfterMs: 1500 },
  ])("the answer %o", (answer) => {
    const message = parseRpc(results(3, encodeAnswer(answer)));

    expect(message).toMatchObject({ kind: "results", answerId: 3 });
    expect(message.kind === "results" && decodeAnswer(message.content)).toEqual(answer);
  });

  test("a refusal to serve a method", () => {
    expect(parseRpc(unimplemented(4, "no such method"))).toEqual({
      kind: "exception",
      answerId: 4,
      reason: "no such method",
    });
  });
});

describe("framing", () => {
  test("messages come out whole, however the bytes were cut", () => {
    const messages = [bootstrap(0), captured("register"), bootstrapResult(0), finish(1)];
    const stream = Buffer.concat(messages);

    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (sizes) => {
        const split = messageSplitter();
        const found: Buffer[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          found.push(...split(stream.subarray(at, at + size)));
          at += size;
        }
        expect(found).toEqual(messages);
      }),
    );
  });

  test("a message announced as huge is refused before it arrives", () => {
    const header = Buffer.from([0, 0, 0, 0, 255, 255, 255, 0]);

    expect(() => messageSplitter()(header)).toThrow(MalformedMessageError);
  });

  test("HTTP on the control stream is refused", () => {
    expect(() => messageSplitter()(Buffer.from("GET / HTTP/1.1\r\n"))).toThrow(MalformedMessageError);
  });
});

describe("hostile messages", () => {
  test("a pointer out of the message, a far pointer chain and a list for a struct are malformed", () => {
    const message = (low: number, high: number): Buffer => {
      const bytes = Buffer.alloc(16);
      bytes.writeUInt32LE(1, 4);
      bytes.writeUInt32LE(low, 8);
      bytes.writeUInt32LE(high, 12);
      return bytes;
    };

    for (const bytes of [message(400, 0x10001), message(6, 0), message(2, 9), message(1, 2)]) {
      expect(() => parseRpc(bytes)).toThrow(MalformedMessageError);
    }
  });

  test("no damaged registration does worse than being malformed", () => {
    const whole = captured("register");

    fc.assert(
      fc.property(fc.nat(whole.length - 9), fc.nat(255), (at, value) => {
        const damaged = Buffer.from(whole);
        damaged[at + 8] = value;
        try {
          const message = parseRpc(damaged);
          if (message.kind === "call") decodeRegistration(message.params);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessageError);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("a far pointer into a second segment is followed", () => {
    const inner = captured("bootstrap").subarray(8);
    const bytes = Buffer.alloc(16 + 8);
    bytes.writeUInt32LE(1, 0);
    bytes.writeUInt32LE(1, 4);
    bytes.writeUInt32LE(inner.length / 8, 8);
    bytes.writeUInt32LE(2, 16);
    bytes.writeUInt32LE(1, 20);

    expect(parseRpc(Buffer.concat([bytes, inner]))).toEqual({ kind: "bootstrap", questionId: 0 });
  });
});
