// The adapters' access to a local Cloudflare, without Parameter Store behind the token.
import type { CloudflareAccess } from "../../core/cloudflare/cloudflare.ts";

export const testAccess = (apiUrl: string, token = "full-token"): CloudflareAccess => ({
  baseURL: apiUrl,
  token: { current: async () => token, reread: async () => token },
});
