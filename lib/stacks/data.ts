// What must outlive everything else: who the tenants are, what was done about them, and the keys to both.

import { CfnOutput, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { AttributeType, ProjectionType, StreamViewType } from "aws-cdk-lib/aws-dynamodb";
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";
import { queueIndex } from "../../core/queue/queue-table.ts";
import { stageName } from "../../core/stage-names.ts";
import type { Config } from "../config/config.ts";
import { EncryptedTable } from "../constructs/encrypted-table.ts";

export interface DataStackProps extends StackProps {
  config: Config;
}

const text = (name: string) => ({ name, type: AttributeType.STRING });

export class DataStack extends Stack {
  readonly tenants: EncryptedTable;
  readonly audit: EncryptedTable;
  readonly idempotency: EncryptedTable;
  /** Who does what only one may do at a time. */
  readonly leases: EncryptedTable;
  /** Of the tenants' SecureStrings in Parameter Store. */
  readonly parameterKey: Key;

  constructor(scope: Construct, id: string, { config, ...props }: DataStackProps) {
    super(scope, id, props);
    const removalPolicy = config.removalPolicy === "retain" ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const newKey = (name: string, holds: string) =>
      new Key(this, name, {
        alias: stageName(config.stage, holds),
        description: `Warren ${config.stage}: ${holds}`,
        enableKeyRotation: true,
        removalPolicy,
      });
    const protection = { key: newKey("TableKey", "tables"), removalPolicy };
    this.parameterKey = newKey("ParameterKey", "parameters");
    this.tenants = new EncryptedTable(this, "Tenants", {
      partitionKey: text("slug"),
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      ...protection,
    });
    this.tenants.addGlobalSecondaryIndex({
      indexName: queueIndex.name,
      partitionKey: text(queueIndex.partitionKey),
      sortKey: text(queueIndex.sortKey),
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...queueIndex.attributes],
    });
    this.audit = new EncryptedTable(this, "Audit", {
      partitionKey: text("slug"),
      sortKey: text("entry"),
      resourcePolicy: appendOnly(),
      ...protection,
    });
    this.idempotency = new EncryptedTable(this, "Idempotency", {
      partitionKey: text("key"),
      timeToLiveAttribute: "expiresAt",
      ...protection,
    });
    this.leases = new EncryptedTable(this, "Leases", { partitionKey: text("name"), ...protection });
    new CfnOutput(this, "TenantsTableName", { value: this.tenants.tableName });
    new CfnOutput(this, "AuditTableName", { value: this.audit.tableName });
    new CfnOutput(this, "IdempotencyTableName", { value: this.idempotency.tableName });
    new CfnOutput(this, "LeasesTableName", { value: this.leases.tableName });
    new CfnOutput(this, "ParameterKeyArn", { value: this.parameterKey.keyArn });
  }
}

/**
 * Nobody, an administrator included, changes or removes an entry without first changing this policy, which CloudTrail
 * shows. Its limit: PutItem on an existing key replaces the item, and no policy can ask for a condition. The writer's
 * own `attribute_not_exists`, keys that never repeat, and point-in-time recovery stand for that.
 */
const appendOnly = (): PolicyDocument =>
  new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: "AppendOnly",
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ["UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"].map(
          (action) => `dynamodb:${action}`,
        ),
        resources: ["*"],
      }),
    ],
  });
