// What a removal says about resources, the same from every delete task to the audit entry.
import * as z from "zod";

export const resource = z.object({
  kind: z.enum(["dns-record", "tunnel", "instance", "volume", "snapshot", "secret"]),
  /** as its cloud names it: an id, a parameter's name, or our own name for what was never seen */
  id: z.string().min(1),
});
export type Resource = z.infer<typeof resource>;

/** One that we made, that is there, and that is not ours to delete any more. */
export const keptResource = resource.extend({ reason: z.string().min(1) });
export type KeptResource = z.infer<typeof keptResource>;

/** What a delete task answers: what it deleted, or found deleted. */
export const removalOutput = z.object({ deleted: z.array(resource) });
export type RemovalOutput = z.infer<typeof removalOutput>;
