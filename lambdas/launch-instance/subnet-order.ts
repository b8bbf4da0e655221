// Tenants start their search for room in different subnets, so that the zones fill evenly without anyone counting.
import { createHash } from "node:crypto";

/** All of the list, beginning at a place that depends on the slug alone. */
export const inTurn = <T>(list: readonly T[], slug: string): T[] => {
  const start = createHash("sha256").update(slug).digest().readUInt32BE() % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
};
