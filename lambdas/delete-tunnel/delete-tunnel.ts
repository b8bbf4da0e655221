// Cloudflare refuses to delete a tunnel whose connectors are connected, so they are dropped first.
import type { Tunnels } from "../../core/cloudflare/tunnels.ts";
import { TunnelBusyError } from "../../core/errors.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { type TenantKey, tunnelName } from "../../core/tenant/names.ts";
import { knownIds, type RemovalOutput } from "../../core/tenant/removal.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

export interface DeleteTunnelDeps {
  tenants: Pick<TenantStore, "get" | "recordRemovalStep">;
  tunnels: Pick<Tunnels, "find" | "look" | "dropConnections" | "delete">;
}

export const deleteTunnel = async (
  { key }: TaskInput<typeof task>,
  { tenants, tunnels }: DeleteTunnelDeps,
): Promise<RemovalOutput> => {
  const ids = await idsOf(key, { tenants, tunnels });
  for (const id of ids) await dropAndDelete(id, tunnels);
  await tenants.recordRemovalStep(key, task.step);
  return { deleted: ids.map((id) => ({ kind: "tunnel", id })) };
};

/** By the name, and by the row's id: the tunnel of that id is ours whatever it is called by now. */
const idsOf = async (key: TenantKey, { tenants, tunnels }: DeleteTunnelDeps): Promise<string[]> => {
  const { tunnelId } = await knownIds(key, tenants);
  const named = await tunnels.find(tunnelName(key));
  const isThere = tunnelId && tunnelId !== named && (await tunnels.look(tunnelId));
  return [...(named ? [named] : []), ...(isThere ? [tunnelId] : [])];
};

/** A connector may come back between the two calls, for its machine is ended side by side: once more, then later. */
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
