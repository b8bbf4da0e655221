// What connector and edge say to each other about registering: cloudflared's RegistrationServer interface.
// Layouts: tunnelrpc.capnp of cloudflared 2026.8.2.
import type { StructReader } from "./capnp-reader.ts";
import { data, type PointerNode, type StructNode, text } from "./capnp-writer.ts";

export const REGISTRATION_SERVER = 0xf71695ec7fe85497n;
export const METHOD = {
  registerConnection: 0,
  unregisterConnection: 1,
  updateLocalConfiguration: 2,
} as const;

export interface Registration {
  accountTag: string;
  /** The raw bytes of the tunnel secret. */
  secret: Buffer;
  tunnelId: string;
  connIndex: number;
  client: { id: string; version: string; arch: string; features: string[] };
}

export type RegistrationAnswer =
  | { connectionId: string; location: string; remotelyManaged: boolean }
  | { error: string; retryAfterMs: number | null };

const uuidToBytes = (uuid: string): Buffer => Buffer.from(uuid.replaceAll("-", ""), "hex");

const bytesToUuid = (bytes: Buffer): string => {
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
};

export const encodeRegistration = (registration: Registration): StructNode => ({
  kind: "struct",
  dataWords: 1,
  data: (section) => section.writeUInt8(registration.connIndex, 0),
  pointers: [
    { kind: "struct", dataWords: 0, pointers: [text(registration.accountTag), data(registration.secret)] },
    data(uuidToBytes(registration.tunnelId)),
    connectionOptions(registration.client),
  ],
});

const connectionOptions = (client: Registration["client"]): PointerNode => ({
  kind: "struct",
  dataWords: 1,
  pointers: [
    {
      kind: "struct",
      dataWords: 0,
      pointers: [
        data(uuidToBytes(client.id)),
        { kind: "texts", texts: client.features },
        text(client.version),
        text(client.arch),
      ],
    },
    null,
  ],
});

export const decodeRegistration = (params: StructReader): Registration => {
  const auth = params.struct(0);
  const client = params.struct(2).struct(0);
  return {
    accountTag: auth.text(0),
    secret: auth.bytes(1),
    tunnelId: bytesToUuid(params.bytes(1)),
    connIndex: params.uint8(0),
    client: {
      id: bytesToUuid(client.bytes(0)),
      features: client.texts(1),
      version: client.text(2),
      arch: client.text(3),
    },
  };
};

/** The results struct of registerConnection: one pointer to a ConnectionResponse. */
export const encodeAnswer = (answer: RegistrationAnswer): StructNode => ({
  kind: "struct",
  dataWords: 0,
  pointers: [
    {
      kind: "struct",
      dataWords: 1,
      data: (section) => section.writeUInt16LE("error" in answer ? 0 : 1, 0),
      pointers: ["error" in answer ? connectionError(answer) : connectionDetails(answer)],
    },
  ],
});

const connectionError = (answer: { error: string; retryAfterMs: number | null }): StructNode => ({
  kind: "struct",
  dataWords: 2,
  data: (section) => {
    section.writeBigInt64LE(BigInt(answer.retryAfterMs ?? 0) * 1_000_000n, 0);
    section.writeUInt8(answer.retryAfterMs === null ? 0 : 1, 8);
  },
  pointers: [text(answer.error)],
});

const connectionDetails = (answer: Exclude<RegistrationAnswer, { error: string }>): StructNode => ({
  kind: "struct",
  dataWords: 1,
  data: (section) => section.writeUInt8(answer.remotelyManaged ? 1 : 0, 0),
  pointers: [data(uuidToBytes(answer.connectionId)), text(answer.location)],
});

export const decodeAnswer = (payload: StructReader): RegistrationAnswer => {
  const response = payload.struct(0).struct(0);
  const body = response.struct(0);
  if (response.uint16(0) === 0) {
    const retryAfterMs = body.bool(64) ? Number(body.uint64(0) / 1_000_000n) : null;
    return { error: body.text(0), retryAfterMs };
  }
  return {
    connectionId: bytesToUuid(body.bytes(0)),
    location: body.text(1),
    remotelyManaged: body.bool(0),
  };
};
