import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { secretParameter } from "../../core/tenant/names.ts";
import {
  createTenantsTable,
  outcomeText,
  recordConsole,
  stubTaskEnvironment,
  tenantsTable,
} from "../../test/support/deployed-task.ts";
import { sampleRow, tenantKey } from "../../test/support/sample.ts";
import { newTestAccount, type TestAccount } from "../../test/support/test-account.ts";

const context = { functionName: "create-secrets", awsRequestId: "r-1" };

describe("create-secrets as it is deployed, with every log turned on", () => {
  let aws: TestAccount;
  let table: DynamoDBDocumentClient;
  let ssm: SSMClient;
  let log: () => string;

  beforeAll(async () => {
    aws = newTestAccount();
    ssm = new SSMClient(aws.client);
    table = await createTenantsTable(aws);
  });

  beforeEach(() => {
    stubTaskEnvironment(aws, {});
    log = recordConsole();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  const run = async (row: ReturnType<typeof sampleRow>): Promise<string> => {
    await table.send(new PutCommand({ TableName: tenantsTable, Item: row }));
    const { handler } = await import("./handler.ts");
    const { slug, generation } = row;
    return await outcomeText(handler({ slug, generation }, context as never));
  };

  const stored = async (slug: string): Promise<string[]> => {
    const names = (["admin-token", "database-password"] as const).map((name) =>
      secretParameter({ ...tenantKey, slug }, name),
    );
    const reading = names.map((Name) => ssm.send(new GetParameterCommand({ Name, WithDecryption: true })));
    return (await Promise.all(reading)).map(({ Parameter }) => Parameter?.Value ?? "");
  };

  it("tells no secret when it succeeds: not in its answer, a log or the row", async () => {
    const shown = await run(sampleRow());

    const secrets = await stored("acme");
    const { Item } = await table.send(new GetCommand({ TableName: tenantsTable, Key: { slug: "acme" } }));
    expect(shown).toContain("/admin-token");
    expect(Item?.steps).toHaveProperty("Create Secrets");
    expect(new Set(secrets).size).toBe(2);
    for (const secret of secrets) {
      expect(secret).toMatch(/^[\w-]{43}$/);
      expect(log() + shown + JSON.stringify(Item)).not.toContain(secret);
    }
  });

  it("adopts what an earlier run made, and tells no secret then", async () => {
    await run(sampleRow({ slug: "again" }));
    const before = await stored("again");

    const shown = await run(sampleRow({ slug: "again" }));

    expect(await stored("again")).toEqual(before);
    for (const secret of before) expect(log() + shown).not.toContain(secret);
  });

  it("tells no secret when its row is no longer its own", async () => {
    const shown = await run(sampleRow({ slug: "leaving", status: "deleting" }));

    expect(shown).toMatch(/^TenantSupersededError: /);
    for (const secret of await stored("leaving")) expect(log() + shown).not.toContain(secret);
  });
});
