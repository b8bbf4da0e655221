// A step of a removal, as its row tells it: finished, or what it waits for.
import {
  ResourceStillThereError,
  TunnelBusyError,
  VolumeNotReadyError,
  WorkflowRunningError,
} from "../errors.ts";
import type { Incarnation } from "./names.ts";
import type { DeprovisionStep } from "./steps.ts";
import type { TenantStore } from "./tenant-store.ts";
import { sayingWhatFor } from "./waiting.ts";

export type RemovalRow = Pick<TenantStore, "recordRemovalStep" | "recordWait">;

const waits = [ResourceStillThereError, TunnelBusyError, VolumeNotReadyError, WorkflowRunningError];

/** @throws what the work throws, once the row says what it waits for */
export const removalStep = <T>(
  of: Incarnation,
  step: DeprovisionStep,
  tenants: RemovalRow,
  work: () => Promise<T>,
): Promise<T> =>
  sayingWhatFor(waits, of, step, tenants, async () => {
    const done = await work();
    await tenants.recordRemovalStep(of, step);
    return done;
  });
