import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { adminCredentials } from "../../local/aws/ministack.ts";
import { ACCOUNT, startTestCloudflare, type TestCloudflare } from "../../local/cloudflare/test-cloudflare.ts";
import { incarnation, sampleRow } from "../testing/sample.ts";
import { startTestMinistack, type TestMinistack } from "../testing/test-ministack.ts";

const context = { functionName: "create-tunnel", awsRequestId: "r-1" };

describe("create-tunnel as it is deployed, with every log turned on", () => {
  let aws: TestMinistack;
  let cloudflare: TestCloudflare;
  let table: DynamoDBDocumentClient;
  let log: string;

  beforeAll(async () => {
    [aws, cloudflare] = await Promise.all([startTestMinistack(), startTestCloudflare()]);
    table = DynamoDBDocumentClient.from(new DynamoDBClient(aws.client));
    await table.send(
      new CreateTableCommand({
        TableName: "tenants",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "slug", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "slug", KeyType: "HASH" }],
      }),
    );
    const apiToken = { Name: "/cloudflare/token", Value: "full-token", Type: "SecureString" } as const;
    await new SSMClient(aws.client).send(new PutParameterCommand(apiToken));
  });
  afterAll(() => Promise.all([aws.stop(), cloudflare.close()]));

  beforeEach(async () => {
    await cloudflare.admin.reset();
    const variables = {
      ...{ STAGE: "test", TENANTS_TABLE: "tenants", BASE_DOMAIN: "example.test", ORIGIN_PORT: "8080" },
      ...{ CLOUDFLARE_ACCOUNT_ID: ACCOUNT, CLOUDFLARE_TOKEN_PARAMETER: "/cloudflare/token" },
      ...{ CLOUDFLARE_BASE_URL: cloudflare.apiUrl, PARAMETER_KEY_ID: "alias/aws/ssm" },
      ...{ AWS_ENDPOINT_URL: aws.url, AWS_REGION: aws.client.region },
      ...{ AWS_ACCESS_KEY_ID: adminCredentials.accessKeyId },
      ...{ AWS_SECRET_ACCESS_KEY: adminCredentials.secretAccessKey },
      ...{ POWERTOOLS_DEV: "true", POWERTOOLS_METRICS_DISABLED: "false" },
      ...{ POWERTOOLS_LOG_LEVEL: "DEBUG", POWERTOOLS_LOGGER_LOG_EVENT: "true", CLOUDFLARE_LOG: "debug" },
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    log = "";
    for (const method of ["log", "info", "debug", "warn", "error"] as const) {
      vi.spyOn(console, method).mockImplementation((...parts) => {
        log += parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" ");
      });
    }
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  const run = async (row = sampleRow()): Promise<string> => {
    await table.send(new PutCommand({ TableName: "tenants", Item: row }));
    const { handler } = await import("./handler.ts");
    const outcome = await handler(incarnation, context as never).catch((error: Error) => error);
    return outcome instanceof Error
      ? `${outcome.name}: ${outcome.message} ${outcome.stack}`
      : JSON.stringify(outcome);
  };

  /** The tokens and secrets of all tunnels that there are, and the API's. */
  const secrets = async (): Promise<string[]> => {
    const { cloudflared } = cloudflare.client.zeroTrust.tunnels;
    const { tunnels } = await cloudflare.admin.state();
    const tokens = await Promise.all(
      tunnels.map(({ id }) => cloudflared.token.get(id, { account_id: ACCOUNT })),
    );
    const inner = tokens.map((token) => JSON.parse(Buffer.from(token, "base64").toString()).s as string);
    return ["full-token", ...tokens, ...inner];
  };

  it("counts its two Cloudflare calls and tells no secret when it succeeds", async () => {
    const told = await run();

    expect(told).toContain("tunnelId");
    expect(log).toMatch(/"CloudflareCalls":\[1,1\]/);
    expect(log).toContain(incarnation.generation);
    for (const secret of await secrets()) expect(log + told).not.toContain(secret);
  });

  it.each([
    ["Cloudflare's answer is lost", "POST /accounts/{account_id}/cfd_tunnel", "CloudflareUnavailableError"],
    [
      "the ingress rules are refused",
      "PUT /accounts/{account_id}/cfd_tunnel/{tunnel_id}/configurations",
      "CloudflareUnavailableError",
    ],
  ])("tells no secret when %s", async (_, endpoint, name) => {
    await cloudflare.admin.addFault({ endpoint, effect: { kind: "lost-answer" } });

    const told = await run();

    expect(told).toMatch(new RegExp(`^${name}: `));
    const hidden = await secrets();
    expect(hidden.length).toBe(3);
    for (const secret of hidden) expect(log + told).not.toContain(secret);
  });

  it("tells no secret when its row is no longer its own", async () => {
    const told = await run(sampleRow({ status: "deleting" }));

    expect(told).toMatch(/^TenantSupersededError: /);
    for (const secret of await secrets()) expect(log + told).not.toContain(secret);
  });
});
