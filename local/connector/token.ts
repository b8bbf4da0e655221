// The tunnel token, read from its file once, as cloudflared does: a rotated token needs a restart.
import { readFileSync } from "node:fs";
import { UsageError } from "./arguments.ts";

export interface TunnelToken {
  accountTag: string;
  tunnelId: string;
  secret: Buffer;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws UsageError that names the file, never its content */
export const readToken = (file: string): TunnelToken => {
  const token = decode(read(file));
  if (!token) {
    throw new UsageError(
      `Provided Tunnel token is not valid: ${file} must hold what GET …/cfd_tunnel/{id}/token gives`,
    );
  }
  return token;
};

const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new UsageError(`Failed to read token file: ${(error as Error).message}`);
  }
};

/** Base64 of {"a": account, "t": tunnel id, "s": base64 secret}; source: facts/cloudflare.md. */
const decode = (text: string): TunnelToken | undefined => {
  try {
    const { a, t, s } = JSON.parse(Buffer.from(text, "base64").toString());
    if (typeof a !== "string" || typeof s !== "string" || !UUID.test(t)) return undefined;
    return { accountTag: a, tunnelId: t, secret: Buffer.from(s, "base64") };
  } catch {
    return undefined;
  }
};
