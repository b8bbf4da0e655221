// What of a stage's network cannot change once it is deployed: CloudFormation would replace subnets that machines stand in, by
// ranges that overlap with theirs, and refuse exports that other stacks use.
import * as z from "zod";
import type { Config } from "./config.ts";

const networkShape = z.object({
  cidr: z.string(),
  zones: z.int(),
  /** whether there is a way out at all: between the kinds of NAT a stage may change */
  egress: z.enum(["none", "nat"]),
});
type NetworkShape = z.output<typeof networkShape>;

/** Of the network's stack: its shape as JSON. */
export const shapeOutput = "NetworkShape";

export const shapeOf = ({ network: { cidr, zones, egress } }: Pick<Config, "network">): NetworkShape => ({
  cidr,
  zones,
  egress: egress === "none" ? "none" : "nat",
});

/** @param output as deployed @returns what differs, each in words */
export const changesOfShape = (config: Pick<Config, "network">, output: string): string[] => {
  const deployed = networkShape.parse(JSON.parse(output));
  const wanted = shapeOf(config);
  return (Object.keys(deployed) as (keyof NetworkShape)[])
    .filter((field) => deployed[field] !== wanted[field])
    .map((field) => `network.${field} is deployed as ${deployed[field]}, and is ${wanted[field]} now`);
};
