import { describe, expect, it } from "vitest";
import { stillClock } from "../test/support/still-clock.ts";
import { poll } from "./clock.ts";

const backoff = { firstPause: 100, longestPause: 200, atMost: 1_000 };

describe("polling", () => {
  it("answers the first result, without a pause after it", async () => {
    const clock = stillClock(0);
    let attempts = 0;

    const result = await poll(async () => (++attempts === 3 ? "found" : undefined), backoff, clock);

    expect([result, clock.now()]).toEqual(["found", 100 + 150]);
  });

  it("gives up before its time is over", async () => {
    const clock = stillClock(0);

    const result = await poll(async () => undefined, backoff, clock);

    expect(result).toBeUndefined();
    expect(clock.now()).toBeLessThanOrEqual(1_000);
    expect(clock.now()).toBeGreaterThan(800);
  });

  it("lets a failure through", async () => {
    const failing = poll(() => Promise.reject(new Error("no")), backoff, stillClock(0));

    await expect(failing).rejects.toThrow("no");
  });
});
