// Tables in a local AWS, for tests of what reads and writes them.
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { newTestAccount } from "./test-account.ts";

export const tableWithKey = (TableName: string, key: string): CreateTableCommand =>
  new CreateTableCommand({
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: key, AttributeType: "S" }],
    KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
  });

/** @returns what makes a Tenants table of this row alone, in an account for all of these tables */
export const newTenantsTables = () => {
  const marshallOptions = { removeUndefinedValues: true };
  const aws = newTestAccount();
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(aws.client), { marshallOptions });
  let tables = 0;

  return async (row?: Tenant) => {
    tables += 1;
    const table = `tenants-${tables}`;
    await client.send(tableWithKey(table, "slug"));
    if (row) await client.send(new PutCommand({ TableName: table, Item: row }));
    return { table, client };
  };
};
