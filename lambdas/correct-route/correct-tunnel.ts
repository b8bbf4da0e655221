// The tunnel of a tenant as its row wants it: there, under its name, with the token that its machine may read.
import type * as z from "zod";
import type { Parameters } from "../../core/aws/parameters.ts";
import { createOrAdoptTunnel } from "../../core/cloudflare/tenant-tunnel.ts";
import type { Tunnels } from "../../core/cloudflare/tunnels.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import type { RepairStore } from "../../core/repair/repair-store.ts";
import { tenantTags, tunnelName, tunnelTokenParameter } from "../../core/tenant/names.ts";
import { task } from "./task.ts";

export interface CorrectTunnelDeps {
  env: Pick<z.output<typeof task.environment>, "CLOUDFLARE_ACCOUNT_ID" | "PARAMETER_KEY_ID">;
  repairs: Pick<RepairStore, "recordRung">;
  tunnels: Pick<Tunnels, "look" | "rename" | "create" | "find" | "token" | "route" | "isRouted">;
  parameters: Pick<Parameters, "find" | "put">;
}

type Input = TaskInput<typeof task>;

interface Corrected {
  tunnelId: string;
  /** in words, one for each correction */
  corrected: string[];
  /** whether a connector has to log in with another token than it has */
  isNewToConnector: boolean;
}

/** @param known the row's id: the tunnel of that id is ours whatever it is called */
export const correctTunnel = async (
  input: Input,
  known: string | undefined,
  deps: CorrectTunnelDeps,
): Promise<Corrected> => {
  const found = known && (await deps.tunnels.look(known));
  if (!known || !found) return madeAnew(input, deps);
  const corrected: string[] = [];
  const name = tunnelName(input.key);
  if (found.name !== name) {
    await deps.tunnels.rename(known, name);
    corrected.push(`tunnel ${known} has its name again: it was ${found.name}`);
  }
  const isNewToConnector = await storeToken(input, await deps.tunnels.token(known), deps);
  if (isNewToConnector) corrected.push(`the token of tunnel ${known} was stored as Cloudflare has it`);
  return { tunnelId: known, corrected, isNewToConnector };
};

/** The token is stored before the row names the tunnel: whoever comes again after a crash adopts it by its name. */
const madeAnew = async (input: Input, deps: CorrectTunnelDeps): Promise<Corrected> => {
  const { env, repairs, tunnels } = deps;
  const { tunnelId, token } = await createOrAdoptTunnel(
    tunnelName(input.key),
    env.CLOUDFLARE_ACCOUNT_ID,
    tunnels,
  );
  await storeToken(input, token, deps);
  await repairs.recordRung(input, task.name, { tunnelId });
  return {
    tunnelId,
    corrected: [`the tunnel was gone, ${tunnelId} was made in its place`],
    isNewToConnector: true,
  };
};

/** @returns whether another one was stored */
const storeToken = async (
  { key }: Input,
  token: string,
  { env, parameters }: CorrectTunnelDeps,
): Promise<boolean> => {
  const name = tunnelTokenParameter(key);
  if ((await parameters.find(name)) === token) return false;
  await parameters.put(name, token, { keyId: env.PARAMETER_KEY_ID, tags: tenantTags(key) });
  return true;
};
