import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { changed, local, production, staging, templatesOf } from "./synthesised.ts";

const networkWith = (changes: object) =>
  templatesOf(changed(production, { network: { ...production.network, ...changes } })).network;

describe("the network", () => {
  const { network } = templatesOf(production);

  it("lets nothing in to a tenant's machine, and out only what it needs", () => {
    const out = (IpProtocol: string, port: number) =>
      Match.objectLike({ CidrIp: "0.0.0.0/0", IpProtocol, FromPort: port, ToPort: port });

    network.hasResourceProperties("AWS::EC2::SecurityGroup", {
      GroupDescription: "Machines of tenants: nothing comes in",
      SecurityGroupIngress: Match.absent(),
      SecurityGroupEgress: [out("tcp", 443), out("tcp", 7844), out("udp", 7844)],
    });
    network.resourceCountIs("AWS::EC2::SecurityGroupIngress", 0);
  });

  it("gives no subnet a public address by itself", () => {
    network.allResourcesProperties("AWS::EC2::Subnet", { MapPublicIpOnLaunch: false });
  });

  it("empties the default security group and records the traffic", () => {
    network.resourceCountIs("Custom::VpcRestrictDefaultSG", 1);
    network.hasResourceProperties("AWS::EC2::FlowLog", { TrafficType: "ALL" });
  });

  it("leaves both out where the configuration says so", () => {
    const quiet = networkWith({ restrictDefaultSecurityGroup: false, flowLogs: false });

    quiet.resourceCountIs("Custom::VpcRestrictDefaultSG", 0);
    quiet.resourceCountIs("AWS::EC2::FlowLog", 0);
  });

  it.each([
    ["nat-gateway-per-zone", 3, 0],
    ["nat-gateway", 1, 0],
    ["nat-instance", 0, 1],
    ["none", 0, 0],
  ])("goes out by %s: %d gateways and %d NAT instances for three zones", (egress, gateways, instances) => {
    const template = networkWith({ egress, natImage: "ami-0123456789abcdef0" });

    template.resourceCountIs("AWS::EC2::NatGateway", gateways);
    template.resourceCountIs("AWS::EC2::Instance", instances);
    template.resourceCountIs("AWS::EC2::InternetGateway", egress === "none" ? 0 : 1);
  });

  it("starts a NAT instance from the image that is configured: a newer one would replace it in any deploy", () => {
    const template = networkWith({ egress: "nat-instance", natImage: "ami-0123456789abcdef0" });

    template.hasResourceProperties("AWS::EC2::Instance", { ImageId: "ami-0123456789abcdef0" });
    template.templateMatches({ Parameters: { BootstrapVersion: Match.anyValue() } });
    expect(Object.keys(template.toJSON().Parameters)).toEqual(["BootstrapVersion"]);
  });

  it("refuses a NAT instance without an image, and says where to find one", () => {
    expect(() => networkWith({ egress: "nat-instance" })).toThrow(
      /natImage.*al2023-ami-kernel-default-arm64/s,
    );
  });

  it("admits to a NAT instance only what machines may send", () => {
    const groups = templatesOf(staging).network.findResources("AWS::EC2::SecurityGroup", {
      Properties: { GroupDescription: "Security Group for NAT instances" },
    });

    const [group] = Object.values(groups);
    const rules = group?.Properties.SecurityGroupIngress.map(
      ({ CidrIp, IpProtocol, ToPort }: Record<string, unknown>) => `${CidrIp} ${IpProtocol} ${ToPort}`,
    );

    expect(rules).toEqual(["10.30.0.0/16 tcp 443", "10.30.0.0/16 tcp 7844", "10.30.0.0/16 udp 7844"]);
  });

  it.each([1, 2, 3])("has a private subnet in each of %d zones, chosen at the deploy", (zones) => {
    const template = networkWith({ zones });

    const subnets = template.findResources("AWS::EC2::Subnet", {
      Properties: { Tags: Match.arrayWith([{ Key: "aws-cdk:subnet-name", Value: "Tenants" }]) },
    });
    const places = Object.values(subnets).map(({ Properties }) => Properties.AvailabilityZone);

    expect(places).toEqual(
      Array.from({ length: zones }, (_, index) => ({ "Fn::Select": [index, { "Fn::GetAZs": "" }] })),
    );
  });

  it("has the free endpoints always, and those that cost something as configured", () => {
    const services = Object.values(network.findResources("AWS::EC2::VPCEndpoint")).map(({ Properties }) =>
      [Properties.VpcEndpointType, JSON.stringify(Properties.ServiceName).match(/\.(\w+)"/)?.[1]].join(" "),
    );

    expect(services.toSorted()).toEqual([
      "Gateway dynamodb",
      "Gateway s3",
      "Interface ssm",
      "Interface ssmmessages",
    ]);
  });

  it("isolates the machines of a stage without egress, which reach AWS by endpoints", () => {
    const template = templatesOf(local).network;

    expect(Object.keys(template.findResources("AWS::EC2::VPCEndpoint"))).toHaveLength(7);
    template.resourcePropertiesCountIs("AWS::EC2::Route", { DestinationCidrBlock: "0.0.0.0/0" }, 0);
  });
});
