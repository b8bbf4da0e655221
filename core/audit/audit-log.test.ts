import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "vitest";
import { newTestAccount, type TestAccount } from "../../test/support/test-account.ts";
import { auditLog } from "./audit-log.ts";

const entry = {
  slug: "acme",
  entry: "G1#acme-delete-1",
  at: "2026-11-22T12:00:00.000Z",
  reason: "delete" as const,
  resources: [{ kind: "tunnel" as const, id: "t-1", seenAbsentAt: "2026-11-22T12:00:00.000Z" }],
};

describe("the audit log", () => {
  let aws: TestAccount;
  let client: DynamoDBDocumentClient;

  beforeAll(async () => {
    aws = newTestAccount();
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

  it("keeps the first of an entry, and an entry for each removal", async () => {
    const audit = auditLog("audit", client);

    await audit.append(entry);
    await audit.append({ ...entry, at: "2027-01-01T00:00:00.000Z" });
    await audit.append({ ...entry, entry: "G1#acme-removed" });

    const { Items } = await client.send(new ScanCommand({ TableName: "audit" }));
    expect(Items).toHaveLength(2);
    expect(Items).toContainEqual(entry);
  });

  it("keeps an entry for each rung of a repair", async () => {
    const audit = auditLog("audit", client);
    const rung = {
      slug: "cafe",
      at: entry.at,
      reason: "repair" as const,
      attempt: 1,
      healthy: false,
      entry: "G1#cafe-repair-1#restart-connector",
      rung: "restart-connector" as const,
      outcome: "skipped" as const,
      evidence: "nothing",
    };

    await audit.append(rung);
    await audit.append({ ...rung, entry: "G1#cafe-repair-1#reboot-instance", rung: "reboot-instance" });

    const { Items = [] } = await client.send(new ScanCommand({ TableName: "audit" }));
    expect(Items.filter(({ slug }) => slug === "cafe")).toHaveLength(2);
    expect(Items).toContainEqual(rung);
  });
});
