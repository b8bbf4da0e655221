// Cloudflare refuses to delete a tunnel whose connectors are connected, so they are dropped first.
import { tunnelIdsOf } from "../../core/cloudflare/tenant-tunnel.ts";
import type { Tunnels } from "../../core/cloudflare/tunnels.ts";
import { TunnelBusyError } from "../../core/errors.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { knownIds } from "../../core/tenant/known-ids.ts";
import { tunnelName } from "../../core/tenant/names.ts";
import type { RemovalOutput } from "../../core/tenant/removal.ts";
import { type RemovalRow, removalStep } from "../../core/tenant/removal-step.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

export interface DeleteTunnelDeps {
  tenants: Pick<TenantStore, "get"> & RemovalRow;
  tunnels: Pick<Tunnels, "find" | "look" | "dropConnections" | "delete">;
}

export const deleteTunnel = (
  { key }: TaskInput<typeof task>,
  { tenants, tunnels }: DeleteTunnelDeps,
): Promise<RemovalOutput> =>
  removalStep(key, task.step, tenants, async () => {
    const { tunnelId } = await knownIds(key, tenants);
    const ids = await tunnelIdsOf(tunnelName(key), tunnelId, tunnels);
    for (const id of ids) await dropAndDelete(id, tunnels);
    return { deleted: ids.map((id) => ({ kind: "tunnel" as const, id })) };
  });

/** A connector of somebody else's may come back between the two calls: once more, then later. */
const dropAndDelete = async (id: string, tunnels: DeleteTunnelDeps["tunnels"]): Promise<void> => {
  await tunnels.dropConnections(id);
  try {
    await tunnels.delete(id);
  } catch (error) {
    if (!(error instanceof TunnelBusyError)) throw error;
    await tunnels.dropConnections(id);
    await tunnels.delete(id);
  }
};
