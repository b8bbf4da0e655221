// Writes the few Cap'n Proto messages of the tunnel's control stream, one segment each. Why by hand: docs/adr/0016.

const WORD = 8;
const LIST_OF_BYTES = 2;
const LIST_OF_POINTERS = 6;
const LIST_OF_STRUCTS = 7;

/** `data` fills the data section, which is `dataWords` words of 8 bytes, zeroed before. */
export interface StructNode {
  kind: "struct";
  dataWords: number;
  data?: (section: Buffer) => void;
  pointers?: readonly PointerNode[];
}
export type PointerNode =
  | StructNode
  | { kind: "bytes"; bytes: Buffer }
  | { kind: "texts"; texts: readonly string[] }
  | { kind: "structs"; dataWords: number; pointerCount: number; items: readonly StructNode[] }
  | { kind: "capability"; index: number }
  | null;

export const data = (bytes: Buffer): PointerNode => ({ kind: "bytes", bytes });
/** Text is a list of bytes that ends in NUL. */
export const text = (value: string): PointerNode => data(Buffer.from(`${value}\0`));

/** The message with its framing: segment count, segment size, segment. */
export const encodeMessage = (root: StructNode): Buffer => {
  const segment = new Segment();
  segment.allocate(1);
  segment.writePointer(0, root);
  const body = segment.bytes();
  const frame = Buffer.alloc(WORD);
  frame.writeUInt32LE(body.length / WORD, 4);
  return Buffer.concat([frame, body]);
};

class Segment {
  #buffer = Buffer.alloc(32 * WORD);
  #words = 0;

  bytes = (): Buffer => this.#buffer.subarray(0, this.#words * WORD);

  /** The index of the first of `words` new words. */
  allocate(words: number): number {
    const start = this.#words;
    this.#words += words;
    if (this.#words * WORD > this.#buffer.length) {
      this.#buffer = Buffer.concat([this.#buffer, Buffer.alloc(this.#words * WORD)]);
    }
    return start;
  }

  writePointer(at: number, node: PointerNode): void {
    if (node === null) return;
    if (node.kind === "capability") this.#put(at, 3, node.index);
    else if (node.kind === "struct") this.#writeStruct(at, node);
    else if (node.kind === "bytes") this.#writeBytes(at, node.bytes);
    else if (node.kind === "texts") this.#writeTexts(at, node.texts);
    else this.#writeStructs(at, node);
  }

  #writeStruct(at: number, node: StructNode): void {
    const count = node.pointers?.length ?? 0;
    const start = this.allocate(node.dataWords + count);
    // An empty struct points one word back, at the pointer itself: offset 0 would read as a null pointer.
    const target = node.dataWords + count === 0 ? at : start;
    this.#put(at, (target - at - 1) << 2, node.dataWords | (count << 16));
    this.#fillStruct(start, node);
  }

  #fillStruct(start: number, node: StructNode): void {
    node.data?.(this.#buffer.subarray(start * WORD, (start + node.dataWords) * WORD));
    for (const [index, pointer] of (node.pointers ?? []).entries()) {
      this.writePointer(start + node.dataWords + index, pointer);
    }
  }

  #writeBytes(at: number, bytes: Buffer): void {
    const start = this.allocate(Math.ceil(bytes.length / WORD));
    this.#putList(at, start, LIST_OF_BYTES, bytes.length);
    bytes.copy(this.#buffer, start * WORD);
  }

  #writeTexts(at: number, texts: readonly string[]): void {
    const start = this.allocate(texts.length);
    this.#putList(at, start, LIST_OF_POINTERS, texts.length);
    for (const [index, value] of texts.entries()) this.writePointer(start + index, text(value));
  }

  #writeStructs(at: number, list: Extract<PointerNode, { kind: "structs" }>): void {
    const size = list.dataWords + list.pointerCount;
    const start = this.allocate(1 + size * list.items.length);
    this.#putList(at, start, LIST_OF_STRUCTS, size * list.items.length);
    // The tag word before the elements is a struct pointer whose offset is their number.
    this.#put(start, list.items.length << 2, list.dataWords | (list.pointerCount << 16));
    for (const [index, item] of list.items.entries()) this.#fillStruct(start + 1 + size * index, item);
  }

  #putList(at: number, start: number, elementSize: number, count: number): void {
    this.#put(at, ((start - at - 1) << 2) | 1, elementSize | (count << 3));
  }

  #put(at: number, low: number, high: number): void {
    this.#buffer.writeUInt32LE(low >>> 0, at * WORD);
    this.#buffer.writeUInt32LE(high >>> 0, at * WORD + 4);
  }
}
