// A tenant's tunnel: made with a secret of our own, so that its token is known without asking for it, or adopted by its
// name from a task that died.
import { randomBytes } from "node:crypto";
import { CloudflareUnavailableError } from "../errors.ts";
import { frontPort } from "../machine/front.ts";
import type { Tunnels } from "./tunnels.ts";

/** Where its requests go, on the machine. */
export const tunnelService = `http://localhost:${frontPort}`;

export const createOrAdoptTunnel = async (
  name: string,
  accountId: string,
  tunnels: Pick<Tunnels, "create" | "find" | "token">,
): Promise<{ tunnelId: string; token: string }> => {
  const secret = randomBytes(32).toString("base64");
  const created = await tunnels.create(name, secret);
  if (created) return { tunnelId: created, token: tunnelToken(accountId, created, secret) };
  const existing = await tunnels.find(name);
  if (existing) return { tunnelId: existing, token: await tunnels.token(existing) };
  throw new CloudflareUnavailableError(`Cloudflare says that a tunnel ${name} exists, but lists none.`);
};

/**
 * Ids of the tunnels that are ours: of the one that has the name, and of the one whose id we wrote down, whatever it is
 * called by now.
 */
export const tunnelIdsOf = async (
  name: string,
  known: string | undefined,
  tunnels: Pick<Tunnels, "find" | "look">,
): Promise<string[]> => {
  const named = await tunnels.find(name);
  const isThere = known !== undefined && known !== named && (await tunnels.look(known));
  return [...(named ? [named] : []), ...(isThere ? [known] : [])];
};

/** The form that cloudflared's `connection.TunnelToken` unmarshals; the real binary accepts it. */
const tunnelToken = (accountId: string, tunnelId: string, secret: string): string =>
  Buffer.from(JSON.stringify({ a: accountId, t: tunnelId, s: secret })).toString("base64");
