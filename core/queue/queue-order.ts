// Whose turn it is among those that wait: first come first served, but nobody's two hundred sign-ups make somebody else's
// one wait behind them. Pure.
import type { Incarnation } from "../tenant/names.ts";

export interface Waiter extends Incarnation {
  /** ISO 8601 */
  queuedAt: string;
  /** who asked for it: places go around among these */
  requestedBy: string;
}

export type Holder = Pick<Waiter, "slug" | "generation" | "requestedBy">;

/**
 * Each waiter's rank is how many of the same owner come before it, those under way included; of one rank, the first come
 * is the first.
 */
export const inTurn = (queued: readonly Waiter[], underWay: readonly Holder[]): Waiter[] => {
  const before = new Map<string, number>();
  const nextRank = ({ requestedBy }: Pick<Waiter, "requestedBy">): number => {
    const rank = before.get(requestedBy) ?? 0;
    before.set(requestedBy, rank + 1);
    return rank;
  };
  for (const holder of underWay) nextRank(holder);
  return queued
    .toSorted(firstCome)
    .map((waiter) => ({ waiter, rank: nextRank(waiter) }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ waiter }) => waiter);
};

const firstCome = (one: Waiter, other: Waiter): number =>
  Date.parse(one.queuedAt) - Date.parse(other.queuedAt) || (one.slug < other.slug ? -1 : 1);
