// EC2's client tokens make a repeated request harmless, as long as the same request has the same token.
import { createHash } from "node:crypto";

/** Exactly the 64 characters that a client token may have, the same for the same parts. */
export const clientToken = (...parts: (string | number)[]): string =>
  createHash("sha256").update(parts.join("\n")).digest("hex");
