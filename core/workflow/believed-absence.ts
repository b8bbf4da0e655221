// DescribeExecution is eventually consistent: for a while after an order it may know nothing of an execution that runs.

/**
 * In milliseconds: the stream takes a moment to start what a row asks for, and Step Functions to show it. The sweep says it too,
 * in its definition.
 */
export const SETTLED = 60_000;

/** @param orderedAt when the row was written that the execution follows from; both in milliseconds since the epoch */
export const isAbsenceBelieved = (orderedAt: number, now: number): boolean => now - orderedAt >= SETTLED;
