// Private addresses come from the subnet's range, as EC2 gives them: its first four and its last are reserved.
import { Ec2Error } from "../protocol/errors.ts";

const toNumber = (address: string): number =>
  address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);

const toAddress = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");

/**
 * The lowest address of the subnet that nobody uses.
 * @param cidr such as `10.0.1.0/24`
 * @throws Ec2Error InsufficientFreeAddressesInSubnet
 */
export const freeAddress = (cidr: string, used: Set<string>): string => {
  const [network = "", bits = "32"] = cidr.split("/");
  const first = toNumber(network) + 4;
  const last = toNumber(network) + 2 ** (32 - Number(bits)) - 2;
  for (let number = first; number <= last; number += 1) {
    const address = toAddress(number);
    if (!used.has(address)) return address;
  }
  throw new Ec2Error(
    "InsufficientFreeAddressesInSubnet",
    `There are not enough free addresses in subnet '${cidr}' to satisfy the requested number of instances.`,
  );
};

export const privateDnsName = (address: string, region: string): string =>
  `ip-${address.replaceAll(".", "-")}.${region === "us-east-1" ? "ec2" : `${region}.compute`}.internal`;
