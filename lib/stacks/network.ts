// Where tenants' machines live: private subnets, a way out by configuration, and no way in.
import { CfnOutput, Fn, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { arn } from "../arn.ts";
import type { Config, EndpointName } from "../config/config.ts";
import { shapeOf, shapeOutput } from "../config/network-shape.ts";
import { admitMachines, natFor } from "../constructs/nat.ts";

const services: Record<EndpointName, ec2.InterfaceVpcEndpointAwsService> = {
  ssm: ec2.InterfaceVpcEndpointAwsService.SSM,
  ssmmessages: ec2.InterfaceVpcEndpointAwsService.SSM_MESSAGES,
  ec2messages: ec2.InterfaceVpcEndpointAwsService.EC2_MESSAGES,
  kms: ec2.InterfaceVpcEndpointAwsService.KMS,
  logs: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
};

/** HTTPS, and what connectors reach Cloudflare by. */
const outbound = [ec2.Port.tcp(443), ec2.Port.tcp(7844), ec2.Port.udp(7844)];

export interface NetworkStackProps extends StackProps {
  config: Config;
}

export class NetworkStack extends Stack {
  readonly vpc: ec2.IVpc;
  readonly subnets: readonly ec2.ISubnet[];
  readonly securityGroup: ec2.SecurityGroup;
  private readonly zones: number;

  constructor(scope: Construct, id: string, { config, ...props }: NetworkStackProps) {
    super(scope, id, props);
    this.zones = config.network.zones;
    const vpc = this.newVpc(config);
    this.vpc = vpc;
    this.subnets = vpc.selectSubnets({ subnetGroupName: "Tenants" }).subnets;
    this.securityGroup = this.tenantsSecurityGroup(vpc);
    this.endpoints(vpc, config);
    if (config.network.flowLogs) this.flowLogs(vpc, config);
    new CfnOutput(this, shapeOutput, { value: JSON.stringify(shapeOf(config)) });
  }

  get subnetArns(): string[] {
    return this.subnets.map(({ subnetId }) => arn("ec2", `subnet/${subnetId}`));
  }

  get securityGroupArn(): string {
    return arn("ec2", `security-group/${this.securityGroup.securityGroupId}`);
  }

  /** Chosen at the deploy: zone names differ between accounts, and CDK would offer two without asking AWS. */
  override get availabilityZones(): string[] {
    return Array.from({ length: this.zones }, (_, index) => Fn.select(index, Fn.getAzs()));
  }

  private newVpc(config: Config): ec2.Vpc {
    const { network } = config;
    const isolated = network.egress === "none";
    const tenants = isolated ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PRIVATE_WITH_EGRESS;
    const gateways = {
      name: "Gateways",
      subnetType: ec2.SubnetType.PUBLIC,
      cidrMask: 28,
      mapPublicIpOnLaunch: false,
    };
    const nat = natFor(config);
    const vpc = new ec2.Vpc(this, "Vpc", {
      ipAddresses: ec2.IpAddresses.cidr(network.cidr),
      maxAzs: network.zones,
      ...nat,
      subnetConfiguration: [...(isolated ? [] : [gateways]), { name: "Tenants", subnetType: tenants }],
      restrictDefaultSecurityGroup: network.restrictDefaultSecurityGroup,
      gatewayEndpoints: {
        S3: { service: ec2.GatewayVpcEndpointAwsService.S3 },
        DynamoDB: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    admitMachines(nat, network.cidr, outbound);
    return vpc;
  }

  private tenantsSecurityGroup(vpc: ec2.Vpc): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, "TenantsSecurityGroup", {
      vpc,
      description: "Machines of tenants: nothing comes in",
      allowAllOutbound: false,
    });
    for (const port of outbound) group.addEgressRule(ec2.Peer.anyIpv4(), port);
    return group;
  }

  private endpoints(vpc: ec2.Vpc, { network }: Config): void {
    if (network.interfaceEndpoints.length === 0) return;
    const group = new ec2.SecurityGroup(this, "EndpointsSecurityGroup", { vpc, allowAllOutbound: false });
    group.addIngressRule(ec2.Peer.ipv4(network.cidr), ec2.Port.tcp(443));
    for (const name of network.interfaceEndpoints) {
      const endpoint = { service: services[name], subnets: { subnets: [...this.subnets] } };
      vpc.addInterfaceEndpoint(name, { ...endpoint, securityGroups: [group], open: false });
    }
  }

  private flowLogs(vpc: ec2.Vpc, { logRetentionDays }: Config): void {
    const logGroup = new LogGroup(this, "FlowLogs", {
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    vpc.addFlowLog("FlowLog", { destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup) });
  }
}
