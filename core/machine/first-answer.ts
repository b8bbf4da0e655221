// How long a machine may take to answer its first 200, from which everything that waits for one takes its time.

/**
 * Minutes. The most that a stage may give its machines, and for how long one that says that its application is starting
 * is left alone: a database that recovers would begin anew with every restart.
 */
export const LONGEST_START_MINUTES = 60;

export interface Waiting {
  /** ISO 8601 */
  since: string;
  /** milliseconds that it may take, by the stage's value */
  atMost: number;
  /** the machine answers, and says that its application is starting */
  isStarting: boolean;
}

/** @param now milliseconds since the epoch @returns milliseconds; none or less when it is over */
export const timeLeft = ({ since, atMost, isStarting }: Waiting, now: number): number =>
  Date.parse(since) + (isStarting ? Math.max(atMost, LONGEST_START_MINUTES * 60_000) : atMost) - now;

/** Milliseconds for which one task asks; longer waits are its retries, which cost no Lambda's time. */
export const ASKS_FOR = 45_000;
