import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  ACCOUNT,
  startTestCloudflare,
  type TestCloudflare,
} from "../../test/support/cloudflare/test-cloudflare.ts";
import {
  createTenantsTable,
  outcomeText,
  recordConsole,
  stubTaskEnvironment,
  tenantsTable,
} from "../../test/support/deployed-task.ts";
import { incarnation, sampleRow } from "../../test/support/sample.ts";
import { newTestAccount, type TestAccount } from "../../test/support/test-account.ts";

const context = { functionName: "create-tunnel", awsRequestId: "r-1" };

describe("create-tunnel as it is deployed, with every log turned on", () => {
  let aws: TestAccount;
  let cloudflare: TestCloudflare;
  let table: DynamoDBDocumentClient;
  let log: () => string;

  beforeAll(async () => {
    aws = newTestAccount();
    cloudflare = await startTestCloudflare();
    table = await createTenantsTable(aws);
    const apiToken = { Name: "/cloudflare/token", Value: "full-token", Type: "SecureString" } as const;
    await new SSMClient(aws.client).send(new PutParameterCommand(apiToken));
  });
  afterAll(() => cloudflare.close());

  beforeEach(async () => {
    await cloudflare.admin.reset();
    stubTaskEnvironment(aws, {
      BASE_DOMAIN: "example.test",
      CLOUDFLARE_BASE_URL: cloudflare.apiUrl,
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
      CLOUDFLARE_TOKEN_PARAMETER: "/cloudflare/token",
    });
    log = recordConsole();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  const run = async (row = sampleRow()): Promise<string> => {
    await table.send(new PutCommand({ TableName: tenantsTable, Item: row }));
    const { handler } = await import("./handler.ts");
    return await outcomeText(handler(incarnation, context as never));
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
    const shown = await run();

    expect(shown).toContain("tunnelId");
    expect(log()).toMatch(/"CloudflareCalls":\[1,1\]/);
    expect(log()).toContain(incarnation.generation);
    for (const secret of await secrets()) expect(log() + shown).not.toContain(secret);
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

    const shown = await run();

    expect(shown).toMatch(new RegExp(`^${name}: `));
    const hidden = await secrets();
    expect(hidden.length).toBe(3);
    for (const secret of hidden) expect(log() + shown).not.toContain(secret);
  });

  it("tells no secret when its row is no longer its own", async () => {
    const shown = await run(sampleRow({ status: "deleting" }));

    expect(shown).toMatch(/^TenantSupersededError: /);
    for (const secret of await secrets()) expect(log() + shown).not.toContain(secret);
  });
});
