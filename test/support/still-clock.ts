// A clock for tests: sleeping takes no time, and moves it on.
import type { Clock } from "../../core/clock.ts";

export const stillClock = (start = Date.parse("2026-11-22T12:00:00Z")): Clock => {
  let now = start;
  return {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
};
