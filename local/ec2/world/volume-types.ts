// EBS volume types: which there are, their sizes, and what they deliver unless asked otherwise.
import { invalidParameter } from "../protocol/errors.ts";

/** Sizes in GiB, throughput in MiB/s; from the EBS User Guide's table of volume types. */
const volumeTypes: Record<string, { smallest: number; largest: number; iops?: number; throughput?: number }> =
  {
    gp3: { smallest: 1, largest: 65_536, iops: 3000, throughput: 125 },
    gp2: { smallest: 1, largest: 16_384, iops: 100 },
    io1: { smallest: 4, largest: 16_384 },
    io2: { smallest: 4, largest: 65_536 },
    st1: { smallest: 125, largest: 16_384 },
    sc1: { smallest: 125, largest: 16_384 },
    standard: { smallest: 1, largest: 1024 },
  };

export const performanceOf = (volumeType: string): { iops?: number; throughput?: number } => {
  const { iops, throughput } = volumeTypes[volumeType] ?? {};
  return { ...(iops !== undefined && { iops }), ...(throughput !== undefined && { throughput }) };
};

/** @throws Ec2Error if there is no such type, or not in that size */
export const checkSize = (volumeType: string, sizeGiB: number): void => {
  const found = volumeTypes[volumeType];
  if (!found) {
    throw invalidParameter(`Value (${volumeType}) for parameter volumeType is invalid. Unknown volume type.`);
  }
  if (sizeGiB >= found.smallest && sizeGiB <= found.largest) return;
  throw invalidParameter(
    `Volume of ${sizeGiB}GiB is invalid for type ${volumeType}: it has ${found.smallest} to ${found.largest} GiB.`,
  );
};
