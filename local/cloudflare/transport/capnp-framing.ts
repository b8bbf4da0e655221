// Cuts a byte stream into Cap'n Proto messages; a registration is a few hundred bytes, so anything large is
// a peer that speaks something else, and is refused before it fills the memory.
import { MalformedMessageError } from "./capnp-reader.ts";

const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_SEGMENTS = 64;

/** Feed it chunks; it returns the messages that became complete. Throws MalformedMessageError. */
export const messageSplitter = (): ((chunk: Buffer) => Buffer[]) => {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    const messages: Buffer[] = [];
    for (
      let size = frameSize(pending);
      size !== undefined && size <= pending.length;
      size = frameSize(pending)
    ) {
      messages.push(pending.subarray(0, size));
      pending = pending.subarray(size);
    }
    return messages;
  };
};

/** Bytes of the first message with its framing, or undefined while its header is incomplete. */
const frameSize = (bytes: Buffer): number | undefined => {
  if (bytes.length < 4) return undefined;
  const segments = bytes.readUInt32LE(0) + 1;
  if (segments > MAX_SEGMENTS) throw new MalformedMessageError(`${segments} segments in one message`);
  const header = Math.ceil((segments + 1) / 2) * 8;
  if (bytes.length < header) return undefined;
  let size = header;
  for (let index = 0; index < segments; index++) size += bytes.readUInt32LE(4 + index * 4) * 8;
  if (size > MAX_MESSAGE_BYTES) throw new MalformedMessageError(`a message of ${size} bytes`);
  return size;
};
