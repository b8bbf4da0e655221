// What every AWS client here has in common: bounded waiting, because a hanging socket would use up the task's time,
// and few attempts, because the workflow's Retry paces the rest.

/** Options of any AWS SDK client; times in milliseconds. */
export const clientOptions = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};
