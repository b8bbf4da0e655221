// What tasks work with, and the same as environment variables: all of them here, each task takes what its schema names.
import { Stack } from "aws-cdk-lib";
import type { CfnSubnet, ISecurityGroup, ISubnet } from "aws-cdk-lib/aws-ec2";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";
import type * as z from "zod";
import type { variables } from "../../core/handler/environment.ts";
import { type Deployment, restartDocumentName, workflowArnPrefix } from "../deployment.ts";
import type { LaunchNetwork } from "../permissions/machine-permissions.ts";
import type { EncryptedTable } from "./encrypted-table.ts";
import type { TenantMachine } from "./tenant-machine.ts";

export interface TaskNetwork extends LaunchNetwork {
  subnets: readonly ISubnet[];
  securityGroup: ISecurityGroup;
}

export interface TaskData {
  tenants: EncryptedTable;
  audit: EncryptedTable;
  idempotency: EncryptedTable;
  /** Who does what only one may do at a time, and whose turn it is. */
  leases: EncryptedTable;
  /** Of the tenants' SecureStrings. */
  parameterKey: IKey;
}

export interface TaskResources extends Deployment {
  network: TaskNetwork;
  data: TaskData;
  machine: TenantMachine;
}

/** As the subnet itself has it: asked a second time, AWS may list an account's zones in another order. */
const zoneOf = ({ node }: ISubnet): string => (node.defaultChild as CfnSubnet).attrAvailabilityZone;

export const taskEnvironment = (
  scope: Construct,
  { config, network, data, machine }: TaskResources,
): z.input<typeof variables> => {
  const { cloudflare, health, limits } = config;
  const subnets = network.subnets.map((subnet) => ({ id: subnet.subnetId, zone: zoneOf(subnet) }));
  return {
    STAGE: config.stage,
    BASE_DOMAIN: config.baseDomain,
    RESERVED_SLUGS: JSON.stringify(config.reservedSlugs),
    CLOUDFLARE_ACCOUNT_ID: cloudflare.accountId,
    CLOUDFLARE_ZONE_ID: cloudflare.zoneId,
    CLOUDFLARE_TOKEN_PARAMETER: cloudflare.apiTokenParameter,
    HEALTH_PATH: config.machine.healthPath,
    FIRST_ANSWER_SECONDS: String(config.machine.firstAnswerMinutes * 60),
    VOLUME_SIZE_GIB: String(config.machine.dataVolume.sizeGiB),
    VOLUME_RETENTION: config.machine.dataVolume.retention,
    TENANTS_TABLE: data.tenants.tableName,
    AUDIT_TABLE: data.audit.tableName,
    IDEMPOTENCY_TABLE: data.idempotency.tableName,
    LEASES_TABLE: data.leases.tableName,
    PARAMETER_KEY_ID: data.parameterKey.keyArn,
    LAUNCH_TEMPLATE_ID: machine.template.ref,
    INSTANCE_ROLE_ID: machine.role.roleId,
    INSTANCE_PROFILE_ARN: machine.profileArn,
    SECURITY_GROUP_ID: network.securityGroup.securityGroupId,
    INSTANCE_TYPES: JSON.stringify([config.machine.instanceType, ...config.machine.otherInstanceTypes]),
    CAPACITY_WAIT_SECONDS: String(config.machine.capacityWaitMinutes * 60),
    SUBNETS: Stack.of(scope).toJsonString(subnets),
    WORKFLOW_ARN_PREFIX: workflowArnPrefix(config),
    RESTART_DOCUMENT: restartDocumentName(config),
    OUTAGE_SHARE: String(health.outageShare),
    OUTAGE_MINIMUM: String(health.outageMinimum),
    SILENCE_SECONDS: String(health.silenceMinutes * 60),
    PROVISIONS_AT_ONCE: String(limits.provisions),
    REPAIRS_AT_ONCE: String(limits.repairs),
    REMOVALS_AT_ONCE: String(limits.removals),
    COOLDOWN_SECONDS: String(health.cooldownSeconds),
    PROBES_PER_SWEEP: String(health.probesPerSweep),
    SNAPSHOT_BEFORE_REPLACEMENT: health.snapshotBeforeReplacement ? "true" : "false",
  };
};
