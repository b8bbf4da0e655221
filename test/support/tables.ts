// Tables in a local AWS, for tests of what reads and writes them.
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { queueIndex } from "../../core/queue/queue-table.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { documentClient } from "../../core/tenant/tenant-store.ts";
import { newTestAccount } from "./test-account.ts";

export const tableWithKey = (TableName: string, key: string, sortKey?: string): CreateTableCommand => {
  const keys = sortKey ? [key, sortKey] : [key];
  return new CreateTableCommand({
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: keys.map((AttributeName, index) => ({
      AttributeName,
      KeyType: index === 0 ? "HASH" : "RANGE",
    })),
  });
};

/** With the index of those that wait. */
export const tenantsTable = (TableName: string): CreateTableCommand => {
  const { name, partitionKey, sortKey, attributes } = queueIndex;
  const { input } = tableWithKey(TableName, "slug");
  return new CreateTableCommand({
    ...input,
    AttributeDefinitions: ["slug", partitionKey, sortKey].map((AttributeName) => ({
      AttributeName,
      AttributeType: "S",
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: name,
        KeySchema: [
          { AttributeName: partitionKey, KeyType: "HASH" },
          { AttributeName: sortKey, KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: [...attributes] },
      },
    ],
  });
};

/** @returns what makes a Tenants table of this row alone, in an account for all of these tables */
export const newTenantsTables = () => {
  const aws = newTestAccount();
  const client = documentClient(aws.client);
  let tables = 0;

  return async (row?: Tenant) => {
    tables += 1;
    const table = `tenants-${tables}`;
    await client.send(tenantsTable(table));
    if (row) await client.send(new PutCommand({ TableName: table, Item: row }));
    return { table, client };
  };
};
