// The survey at the size it is made for, against the local stand-ins: what it costs in calls, seconds and memory.
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { BatchWriteCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Survey, survey as surveySchema } from "../../core/fleet/survey.ts";
import { tunnelName } from "../../core/tenant/names.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { withBundles } from "../../lib/bundle.ts";
import { adminCredentials } from "../../local/aws/ministack.ts";
import { type SeededCloudflare, startSeededCloudflare } from "../../test/support/cloudflare/test-fleet.ts";
import { createTenantsTable, tenantsTable } from "../../test/support/deployed-task.ts";
import { fleetTenants, type SeededEc2, startSeededEc2 } from "../../test/support/ec2/test-fleet.ts";
import { sampleRow } from "../../test/support/sample.ts";
import { startTestMinistack, type TestMinistack } from "../../test/support/test-ministack.ts";
import { bounded } from "./bounded.ts";

const TENANTS = 10_000;
const TOKEN_PARAMETER = "/warren/test/cloudflare-token";

interface Run {
  survey: Survey;
  seconds: number;
  mebibytes: number;
}

describe(`a survey of ${TENANTS} tenants`, () => {
  const tenants = fleetTenants("test", TENANTS);
  let aws: TestMinistack;
  let ec2: SeededEc2;
  let cloudflare: SeededCloudflare;
  let edge: http.Server;

  beforeAll(async () => {
    aws = await startTestMinistack();
    [ec2, cloudflare, edge] = await Promise.all([
      startSeededEc2({ tenants, ministackUrl: aws.url }),
      startSeededCloudflare({ names: tenants.map(tunnelName) }),
      startServing(),
    ]);
    await fill(await createTenantsTable(aws));
    await new SSMClient(aws.client).send(
      new PutParameterCommand({ Name: TOKEN_PARAMETER, Value: cloudflare.token, Type: "SecureString" }),
    );
  }, 180_000);
  afterAll(async () => {
    edge.closeAllConnections();
    edge.close();
    await Promise.all([aws.stop(), ec2.close(), cloudflare.close()]);
  });

  const fill = async (client: DynamoDBDocumentClient) => {
    const rows = tenants.map(({ slug, generation }, index): Tenant => {
      const resources = {
        tunnelId: "t",
        instanceId: ec2.instanceIds[index],
        availabilityZone: "eu-central-1a",
      };
      return {
        ...sampleRow({ status: "ready", resources }),
        slug,
        generation,
        hostname: `${slug}.example.test`,
      };
    });
    const batches = Array.from({ length: TENANTS / 25 }, (_, index) =>
      rows.slice(index * 25, index * 25 + 25),
    );
    const write = async (batch: Tenant[]) => {
      const requests = batch.map((Item) => ({ PutRequest: { Item } }));
      await client.send(new BatchWriteCommand({ RequestItems: { [tenantsTable]: requests } }));
    };
    await bounded(batches, write, { atOnce: 8 });
  };

  const sweep = (): Promise<Run> =>
    withBundles(async ({ directory }) => {
      const script = fileURLToPath(new URL("./test-sweep.ts", import.meta.url));
      const bundle = join(directory, "survey-fleet", "index.mjs");
      const { stdout } = await execa(process.execPath, [script, bundle, "{}"], {
        env: {
          ...{
            STAGE: "test",
            TENANTS_TABLE: tenantsTable,
            BASE_DOMAIN: "example.test",
            HEALTH_PATH: "/health",
          },
          ...{ CLOUDFLARE_ACCOUNT_ID: cloudflare.accountId, CLOUDFLARE_BASE_URL: cloudflare.apiUrl },
          ...{ CLOUDFLARE_TOKEN_PARAMETER: TOKEN_PARAMETER, PROBES_PER_SWEEP: "2000", EDGE_URL: urlOf(edge) },
          ...{ AWS_ENDPOINT_URL: aws.url, AWS_ENDPOINT_URL_EC2: ec2.url, AWS_REGION: aws.client.region },
          ...{ AWS_ACCESS_KEY_ID: adminCredentials.accessKeyId },
          ...{ AWS_SECRET_ACCESS_KEY: adminCredentials.secretAccessKey },
        },
      });
      return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Run;
    });

  it("fits into one run: calls, time and memory, the first time and every time", {
    timeout: 300_000,
  }, async () => {
    const first = await sweep();
    await Promise.all([cloudflare.admin.clearCalls(), ec2.admin.clearCalls()]);
    const second = await sweep();
    const { total } = await cloudflare.admin.calls();
    const ofEc2 = (await ec2.admin.calls()).length;

    const figures = [first, second].map(
      ({ seconds, mebibytes }) => `${seconds.toFixed(1)} s and ${mebibytes.toFixed(0)} MiB`,
    );
    process.stdout.write(
      `a survey of ${TENANTS} tenants: ${total} Cloudflare calls, ${ofEc2} of EC2; ${figures[0]} for the first, which writes every row; ${figures[1]} for the second\n`,
    );
    expect(total).toBeLessThanOrEqual(TENANTS / 1_000 + 1);
    for (const { survey, seconds, mebibytes } of [first, second]) {
      expect(surveySchema.parse(survey)).toMatchObject({
        ...{ page: 0, judged: TENANTS, counts: { healthy: TENANTS }, bad: { total: 0 }, down: [] },
        ...{ connections: 4 * TENANTS, cloudflare: { calls: TENANTS / 1_000 } },
      });
      expect(survey.aws).toEqual({});
      expect(seconds).toBeLessThan(120);
      expect(mebibytes).toBeLessThan(512);
    }
    expect(second.seconds).toBeLessThan(60);
  });
});

const startServing = async (): Promise<http.Server> => {
  const server = http.createServer((_, response) => response.end("ok")).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
};

const urlOf = (server: http.Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
