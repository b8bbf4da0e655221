// Reads Cap'n Proto structs out of one framed message, far pointers included, because Go's encoder may
// spread a message over several segments.

const WORD = 8;

export class MalformedMessageError extends Error {
  override readonly name = "MalformedMessageError";
}

/**
 * @param message framing and segments, exactly one message
 * @throws MalformedMessageError for anything that points outside the message
 */
export const readMessage = (message: Buffer): StructReader => {
  const count = message.readUInt32LE(0) + 1;
  const segments: Buffer[] = [];
  let start = Math.ceil((count + 1) / 2) * WORD;
  for (let index = 0; index < count; index++) {
    const size = message.readUInt32LE(4 + index * 4) * WORD;
    segments.push(message.subarray(start, start + size));
    start += size;
  }
  return readStruct(segments, follow(segments, 0, 0));
};

interface Position {
  segment: Buffer;
  /** Word that the offset counts from, within the segment. */
  base: number;
  low: number;
  high: number;
}

const malformed = (what: string): MalformedMessageError =>
  new MalformedMessageError(`${what} in a control stream message; the peer does not speak cloudflared's RPC`);

/** The pointer at this word, or the one that a far pointer there leads to. */
const follow = (segments: readonly Buffer[], segmentIndex: number, word: number, hops = 0): Position => {
  const segment = segments[segmentIndex];
  if (!segment || word < 0 || (word + 1) * WORD > segment.length) throw malformed("a pointer out of bounds");
  const low = segment.readUInt32LE(word * WORD);
  const high = segment.readUInt32LE(word * WORD + 4);
  if ((low & 3) !== 2) return { segment, base: word + 1, low, high };
  if ((low & 4) !== 0 || hops > 0) throw malformed("a double far pointer");
  return follow(segments, high, low >>> 3, hops + 1);
};

/** `low` holds a signed offset in words above its two type bits. */
const target = ({ base, low }: Position): number => base + (low >> 2);

const slice = (segment: Buffer, startWord: number, bytes: number): Buffer => {
  const start = startWord * WORD;
  if (start < 0 || start + bytes > segment.length) throw malformed("an object out of bounds");
  return segment.subarray(start, start + bytes);
};

const readStruct = (segments: readonly Buffer[], position: Position): StructReader => {
  const empty = position.low === 0 && position.high === 0;
  if (!empty && (position.low & 3) !== 0) throw malformed("a list where a struct belongs");
  const dataWords = position.high & 0xffff;
  const pointers = position.high >>> 16;
  slice(position.segment, target(position), empty ? 0 : (dataWords + pointers) * WORD);
  return new StructReader(segments, position.segment, target(position), dataWords, pointers);
};

/** Fields beyond what the peer sent read as zero or empty, as Cap'n Proto wants it. */
export class StructReader {
  readonly #segments: readonly Buffer[];
  readonly #segment: Buffer;
  readonly #start: number;
  readonly #dataWords: number;
  readonly #pointers: number;

  constructor(
    segments: readonly Buffer[],
    segment: Buffer,
    start: number,
    dataWords: number,
    pointers: number,
  ) {
    this.#segments = segments;
    this.#segment = segment;
    this.#start = start;
    this.#dataWords = dataWords;
    this.#pointers = pointers;
  }

  /** @param byte offset in the data section */
  uint8 = (byte: number): number => this.#data(byte, 1)?.readUInt8() ?? 0;
  uint16 = (byte: number): number => this.#data(byte, 2)?.readUInt16LE() ?? 0;
  uint32 = (byte: number): number => this.#data(byte, 4)?.readUInt32LE() ?? 0;
  uint64 = (byte: number): bigint => this.#data(byte, 8)?.readBigUInt64LE() ?? 0n;
  /** @param bit offset in the data section */
  bool = (bit: number): boolean => (this.uint8(bit >> 3) & (1 << (bit & 7))) !== 0;

  struct(index: number): StructReader {
    const position = this.#pointer(index);
    return position
      ? readStruct(this.#segments, position)
      : new StructReader(this.#segments, this.#segment, 0, 0, 0);
  }

  /** Data; a copy, because the message's buffer is reused. */
  bytes(index: number): Buffer {
    const position = this.#pointer(index);
    return position ? Buffer.from(listBytes(position)) : Buffer.alloc(0);
  }

  text = (index: number): string => this.bytes(index).toString("utf8").replace(/\0$/, "");

  texts(index: number): string[] {
    const position = this.#pointer(index);
    if (!position) return [];
    const count = position.high >>> 3;
    slice(position.segment, target(position), count * WORD);
    const list = new StructReader(this.#segments, position.segment, target(position), 0, count);
    return Array.from({ length: count }, (_, item) => list.text(item));
  }

  #data(byte: number, size: number): Buffer | undefined {
    if (byte + size > this.#dataWords * WORD) return undefined;
    const at = this.#start * WORD + byte;
    return this.#segment.subarray(at, at + size);
  }

  #pointer(index: number): Position | undefined {
    if (index >= this.#pointers) return undefined;
    const word = this.#start + this.#dataWords + index;
    const position = follow(this.#segments, this.#segments.indexOf(this.#segment), word);
    return position.low === 0 && position.high === 0 ? undefined : position;
  }
}

const listBytes = (position: Position): Buffer => {
  if ((position.low & 3) !== 1 || (position.high & 7) !== 2) throw malformed("something other than bytes");
  return slice(position.segment, target(position), position.high >>> 3);
};
