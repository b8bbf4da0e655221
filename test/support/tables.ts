// Tables in a local AWS, for tests of what reads and writes them.
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll } from "vitest";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { startTestMinistack, type TestMinistack } from "./test-ministack.ts";

export const tableWithKey = (TableName: string, key: string): CreateTableCommand =>
  new CreateTableCommand({
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: key, AttributeType: "S" }],
    KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
  });

/** To be called in a `describe`, which it gives an AWS. @returns what makes a Tenants table of this row alone */
export const newTenantsTables = () => {
  let aws: TestMinistack;
  let client: DynamoDBDocumentClient;
  let tables = 0;

  beforeAll(async () => {
    aws = await startTestMinistack();
    const marshallOptions = { removeUndefinedValues: true };
    client = DynamoDBDocumentClient.from(new DynamoDBClient(aws.client), { marshallOptions });
  });
  afterAll(() => aws.stop());

  return async (row?: Tenant) => {
    tables += 1;
    const table = `tenants-${tables}`;
    await client.send(tableWithKey(table, "slug"));
    if (row) await client.send(new PutCommand({ TableName: table, Item: row }));
    return { table, client };
  };
};
