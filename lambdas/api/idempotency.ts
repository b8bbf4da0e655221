// A client that got no answer sends its request again with the same Idempotency-Key, and hears what became of it.
import { createHash } from "node:crypto";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import * as z from "zod";
import { callerOf } from "./caller.ts";
import { badRequest, invalid, shown } from "./problem.ts";

export const keyRecord = z.object({
  /** hash of caller and key, so that callers never meet in each other's keys */
  key: z.string(),
  /** hash of the request that the key was first used for */
  fingerprint: z.string(),
  slug: z.string(),
  /** the incarnation that the request made */
  generation: z.string(),
  /** seconds since the epoch: the table's time to live */
  expiresAt: z.number(),
});
export type KeyRecord = z.infer<typeof keyRecord>;

const hash = (...parts: string[]): string => createHash("sha256").update(parts.join("\n")).digest("hex");

/** Undefined when the request has no key. */
export const requestKey = (
  event: APIGatewayProxyEventV2,
  request: object,
): Pick<KeyRecord, "key" | "fingerprint"> | undefined => {
  const found = event.headers["idempotency-key"];
  if (found === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(found)) {
    const allowed = "1 to 255 printable ASCII characters without spaces, such as a UUID";
    throw badRequest("The Idempotency-Key is malformed.", [
      { path: "idempotency-key", ...shown(found), allowed },
    ]);
  }
  return { key: hash(callerOf(event), found), fingerprint: hash(event.routeKey, JSON.stringify(request)) };
};

export const keyReused = (): Error =>
  invalid("This Idempotency-Key was used for another request in the last 24 hours.", [
    { path: "idempotency-key", allowed: "a new key for a new request" },
  ]);
