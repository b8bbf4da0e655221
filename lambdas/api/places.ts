// Which place a waiting tenant has in its queue.

import { inTurn } from "../../core/queue/queue-order.ts";
import type { QueueTable } from "../../core/queue/queue-table.ts";
import type { SlotStore } from "../../core/queue/slots.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";

export interface Place {
  /** from 1 */
  place: number;
  of: number;
}

/** By slug; none for a row that the queue does not show yet, or shows no more. */
export type Places = (rows: Pick<Tenant, "queue">[]) => Promise<ReadonlyMap<string, Place>>;

/** Asks for nothing where no row waits. */
export const placesIn =
  (queue: Pick<QueueTable, "waiting">, slots: Pick<SlotStore, "read">): Places =>
  async (rows) => {
    const places = new Map<string, Place>();
    for (const workflow of new Set(rows.flatMap((row) => row.queue ?? []))) {
      const [waiting, { holders }] = await Promise.all([queue.waiting(workflow), slots.read(workflow)]);
      inTurn(waiting, holders).forEach(({ slug }, index) => {
        places.set(slug, { place: index + 1, of: waiting.length });
      });
    }
    return places;
  };
