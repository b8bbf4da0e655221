// Who is repaired now, and who waits. Pure.
import type { DownTenant } from "../../core/fleet/survey.ts";
import type { Fleet } from "./fleet.ts";

/**
 * Those down the longest first, as many as may be under way at once; not those in their cooldown.
 * @param now ISO 8601
 */
export const selectRepairs = (
  { down, repairing }: Pick<Fleet, "down" | "repairing">,
  atOnce: number,
  now: string,
): DownTenant[] => {
  const isDue = ({ notBefore }: DownTenant): boolean =>
    !notBefore || Date.parse(notBefore) <= Date.parse(now);
  return down
    .filter(isDue)
    .toSorted(
      (one, other) => Date.parse(one.since) - Date.parse(other.since) || (one.slug < other.slug ? -1 : 1),
    )
    .slice(0, Math.max(0, atOnce - repairing));
};
