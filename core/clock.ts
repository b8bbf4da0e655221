// Time as a dependency, so that tests of waiting take no time; and the one loop that waits.

export interface Clock {
  /** milliseconds since the epoch */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

export const timestamp = (clock: Clock): string => new Date(clock.now()).toISOString();

/** All in milliseconds. Pauses grow by half from the first to the longest. */
export interface Backoff {
  firstPause: number;
  longestPause: number;
  /** no attempt starts later than this after the first */
  atMost: number;
}

/** Runs `attempt` until it answers something, or until `atMost` is over: then undefined. */
export const poll = async <T>(
  attempt: () => Promise<T | undefined>,
  { firstPause, longestPause, atMost }: Backoff,
  clock: Clock,
): Promise<T | undefined> => {
  const end = clock.now() + atMost;
  for (let pause = firstPause; ; pause = Math.min(pause * 1.5, longestPause)) {
    const result = await attempt();
    if (result !== undefined || clock.now() + pause > end) return result;
    await clock.sleep(pause);
  }
};
