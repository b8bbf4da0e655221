/** Minutes. The most that a stage may wait for room for a machine; the workflows' retries last for longer. */
export const LONGEST_CAPACITY_WAIT_MINUTES = 240;
