import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestMinistack, type TestMinistack } from "../testing/test-ministack.ts";
import { auditLog } from "./audit-log.ts";

const entry = {
  slug: "acme",
  entry: "G1#acme-delete-1",
  at: "2026-11-22T12:00:00.000Z",
  reason: "delete",
  resources: [{ kind: "tunnel" as const, id: "t-1", goneAt: "2026-11-22T12:00:00.000Z" }],
};

describe("the audit log", () => {
  let aws: TestMinistack;
  let client: DynamoDBDocumentClient;

  beforeAll(async () => {
    aws = await startTestMinistack();
    client = DynamoDBDocumentClient.from(new DynamoDBClient(aws.client));
    await client.send(
      new CreateTableCommand({
        TableName: "audit",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          { AttributeName: "slug", AttributeType: "S" },
          { AttributeName: "entry", AttributeType: "S" },
        ],
        KeySchema: [
          { AttributeName: "slug", KeyType: "HASH" },
          { AttributeName: "entry", KeyType: "RANGE" },
        ],
      }),
    );
  });
  afterAll(() => aws.stop());

  it("keeps the first of an entry, and an entry for each removal", async () => {
    const audit = auditLog("audit", client);

    await audit.append(entry);
    await audit.append({ ...entry, at: "2027-01-01T00:00:00.000Z" });
    await audit.append({ ...entry, entry: "G1#acme-removed" });

    const { Items } = await client.send(new ScanCommand({ TableName: "audit" }));
    expect(Items).toHaveLength(2);
    expect(Items).toContainEqual(entry);
  });
});
