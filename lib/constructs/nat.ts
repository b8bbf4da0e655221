// The way out of the private subnets, by price and by how much of the stage one failure takes along.
import { Validations } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import type { Config } from "../config/config.ts";

type Nat = Pick<ec2.VpcProps, "natGateways" | "natGatewayProvider">;

export const natFor = ({ region, network: { egress, zones, natImage = "" } }: Config): Nat => {
  switch (egress) {
    case "none":
      return { natGateways: 0 };
    case "nat-gateway":
      return { natGateways: 1 };
    case "nat-gateway-per-zone":
      return { natGateways: zones };
    case "nat-instance":
      return { natGateways: 1, natGatewayProvider: natInstance({ [region]: natImage }) };
  }
};

/** @param image its id by the region that it is in */
const natInstance = (image: Record<string, string>) =>
  ec2.NatProvider.instanceV2({
    machineImage: ec2.MachineImage.genericLinux(image),
    instanceType: new ec2.InstanceType("t4g.nano"),
    defaultAllowedTraffic: ec2.NatTrafficDirection.OUTBOUND_ONLY,
    associatePublicIpAddress: true,
  });

/** A NAT instance, other than a gateway, has a security group, which must let the machines' traffic in. */
export const admitMachines = (
  { natGatewayProvider }: Nat,
  cidr: string,
  outbound: readonly ec2.Port[],
): void => {
  if (!(natGatewayProvider instanceof ec2.NatInstanceProviderV2)) return;
  for (const port of outbound) natGatewayProvider.connections.allowFrom(ec2.Peer.ipv4(cidr), port);
  for (const instance of natGatewayProvider.gatewayInstances) {
    Validations.of(instance).acknowledge(
      {
        id: "AwsSolutions-EC26",
        reason: "Its disk holds an operating system from a public image and nothing else.",
      },
      {
        id: "AwsSolutions-EC28",
        reason: "The cheapest egress is for stages whose traffic nobody watches by the minute.",
      },
      { id: "AwsSolutions-EC29", reason: "It holds nothing: the next deploy makes another one." },
    );
  }
};
