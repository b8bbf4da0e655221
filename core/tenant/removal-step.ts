// A step of a removal, as its row tells it: finished, or what it waits for. A cloud may take an hour to let go of something,
// and whoever looks wants to know of what.
import {
  ResourceStillThereError,
  TunnelBusyError,
  VolumeNotReadyError,
  WorkflowRunningError,
} from "../errors.ts";
import type { Incarnation } from "./names.ts";
import type { DeprovisionStep } from "./steps.ts";
import type { TenantStore } from "./tenant-store.ts";

export type RemovalRow = Pick<TenantStore, "recordRemovalStep" | "recordWait">;

const waits = [ResourceStillThereError, TunnelBusyError, VolumeNotReadyError, WorkflowRunningError];

/** @throws what the work throws, once the row says what it waits for */
export const removalStep = async <T>(
  of: Incarnation,
  step: DeprovisionStep,
  tenants: RemovalRow,
  work: () => Promise<T>,
): Promise<T> => {
  try {
    const done = await work();
    await tenants.recordRemovalStep(of, step);
    return done;
  } catch (error) {
    // The first error wins: that the row could not be told is no news beside it.
    if (error instanceof Error && waits.some((kind) => error instanceof kind))
      await tenants.recordWait(of, step, error.message).catch(() => undefined);
    throw error;
  }
};
