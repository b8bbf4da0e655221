import { describe, expect, it } from "vitest";
import { bounded } from "./bounded.ts";

const pieces = Array.from({ length: 10 }, (_, index) => index);

describe("many small pieces of work", () => {
  it("are all done, no more at once than allowed", async () => {
    const done: number[] = [];
    let now = 0;
    let most = 0;

    const left = await bounded(
      pieces,
      async (piece) => {
        now += 1;
        most = Math.max(most, now);
        await new Promise(setImmediate);
        now -= 1;
        done.push(piece);
      },
      { atOnce: 3 },
    );

    expect(done.sort()).toEqual(pieces);
    expect([left, most]).toEqual([0, 3]);
  });

  it("are not begun once the time is up", async () => {
    const done: number[] = [];

    const left = await bounded(pieces, async (piece) => void done.push(piece), {
      atOnce: 1,
      isOver: () => done.length >= 4,
    });

    expect(done).toEqual([0, 1, 2, 3]);
    expect(left).toBe(6);
  });

  it("may be none", async () => {
    expect(await bounded([], async () => {}, { atOnce: 3 })).toBe(0);
  });
});
