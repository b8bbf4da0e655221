// EC2's resource ids: a prefix and 17 hexadecimal digits, checked before they are looked up.
import { randomBytes } from "node:crypto";
import { Ec2Error } from "../protocol/errors.ts";

export const newId = (prefix: string): string => `${prefix}-${randomBytes(9).toString("hex").slice(0, 17)}`;

/** Kinds of resource that are answered here: id prefix, and the names EC2's error codes use for them. */
const kinds = {
  i: { noun: "instance", code: "InvalidInstanceID" },
  vol: { noun: "volume", code: "InvalidVolume" },
  snap: { noun: "snapshot", code: "InvalidSnapshot" },
} as const;
export type Kind = keyof typeof kinds;

/** DescribeTags' word for the kind of resource with this id; undefined if the id is not one of ours. */
export const resourceType = (id: string): string | undefined => kinds[id.split("-")[0] as Kind]?.noun;

/** @throws Ec2Error if the id cannot be one of this kind: instances have a code for it, the others a message. */
export const checkId = (kind: Kind, id: string): void => {
  if (new RegExp(`^${kind}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(id)) return;
  if (kind === "i") throw new Ec2Error("InvalidInstanceID.Malformed", `Invalid id: "${id}"`);
  throw new Ec2Error(
    "InvalidParameterValue",
    `Value (${id}) for parameter ${kinds[kind].noun}Id is invalid. Expected: '${kind}-...'.`,
  );
};

export const notFound = (kind: Kind, id: string): Ec2Error => {
  const { noun, code } = kinds[kind];
  return new Ec2Error(`${code}.NotFound`, `The ${noun} ID '${id}' does not exist`);
};
