// A DynamoDB table under the stage's own key. Whoever may use the table needs the key too, and only through DynamoDB.
import { Aws, RemovalPolicy } from "aws-cdk-lib";
import {
  type Attribute,
  BillingMode,
  Table,
  TableEncryption,
  type TableProps,
} from "aws-cdk-lib/aws-dynamodb";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";
import type { Permission } from "../permissions/permission.ts";

export interface EncryptedTableProps
  extends Pick<TableProps, "stream" | "timeToLiveAttribute" | "resourcePolicy"> {
  partitionKey: Attribute;
  sortKey?: Attribute;
  key: IKey;
  /** A table that is retained cannot be deleted by hand either. */
  removalPolicy: RemovalPolicy;
}

export class EncryptedTable extends Table {
  private readonly keyArn: string;

  /** @param index of this table @param actions of DynamoDB on items, such as `Query` */
  permissionsForIndex(index: string, ...actions: string[]): Permission[] {
    const [onTable, ...onKey] = this.permissionsFor(...actions);
    return [{ ...onTable, resources: [`${this.tableArn}/index/${index}`] } as Permission, ...onKey];
  }

  constructor(scope: Construct, id: string, { key, ...props }: EncryptedTableProps) {
    super(scope, id, {
      ...props,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.removalPolicy === RemovalPolicy.RETAIN,
    });
    this.keyArn = key.keyArn;
  }

  /** @param actions of DynamoDB on items, such as `PutItem` */
  permissionsFor(...actions: string[]): Permission[] {
    return [
      { actions: actions.map((action) => `dynamodb:${action}`), resources: [this.tableArn] },
      {
        // Source: DynamoDB Developer Guide, "Authorizing use of your KMS key", without what only creating a table needs.
        actions: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
        resources: [this.keyArn],
        conditions: { StringEquals: { "kms:ViaService": `dynamodb.${Aws.REGION}.amazonaws.com` } },
      },
    ];
  }
}
