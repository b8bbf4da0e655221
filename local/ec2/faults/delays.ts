// What takes long because a test says so: a machine's shutdown when it is terminated, the start of its application at a
// boot, and the copying of a snapshot.
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

export const delay = z.strictObject({
  what: z.enum(["shutdown", "application-start", "snapshot"]),
  /** of the instance, or of the volume that is copied */
  id: z.string().min(1),
  seconds: z.number().positive(),
});
export type Delay = z.output<typeof delay>;

export class Delays {
  #delays: Delay[] = [];
  #ended = new AbortController();

  add(order: Delay): void {
    this.#delays.push(order);
  }

  /** What waits goes on at once. */
  clear(): void {
    this.#delays = [];
    this.#ended.abort();
    this.#ended = new AbortController();
  }

  /** 0 without an order. */
  secondsOf(what: Delay["what"], id: string): number {
    return this.#delays.find((one) => one.what === what && one.id === id)?.seconds ?? 0;
  }

  /** As long as a test has ordered for it; not at all without an order. */
  async wait(what: Delay["what"], id: string): Promise<void> {
    const seconds = this.secondsOf(what, id);
    if (seconds === 0) return;
    await sleep(seconds * 1_000, undefined, { signal: this.#ended.signal, ref: false }).catch(
      () => undefined,
    );
  }
}
