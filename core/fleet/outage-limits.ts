// How much of the fleet is so much that it is no matter of single tenants.

export interface OutageLimits {
  /** 0 to 1 */
  OUTAGE_SHARE: number;
  OUTAGE_MINIMUM: number;
}

export const isMuch = (
  part: number,
  whole: number,
  { OUTAGE_SHARE, OUTAGE_MINIMUM }: OutageLimits,
): boolean => part > OUTAGE_SHARE * whole && part >= OUTAGE_MINIMUM;
