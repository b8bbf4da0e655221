// A cloud may take an hour to let go of something, or to have room: whoever looks at the row wants to know for what.
import type { Incarnation } from "./names.ts";
import type { TenantStore } from "./tenant-store.ts";

type ErrorKind = abstract new (...args: never[]) => Error;

/** @throws what the work throws; where that is of one of these kinds, once the row says what the step waits for */
export const sayingWhatFor = async <T>(
  kinds: readonly ErrorKind[],
  of: Incarnation,
  step: string,
  tenants: Pick<TenantStore, "recordWait">,
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    // The first error wins: that the row could not be told is no news beside it.
    if (error instanceof Error && kinds.some((kind) => error instanceof kind))
      await tenants.recordWait(of, step, error.message).catch(() => undefined);
    throw error;
  }
};
