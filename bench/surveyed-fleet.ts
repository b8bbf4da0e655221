// A fleet of any size in the local stand-ins, all of it well: rows, instances, tunnels, and an edge that answers for all.
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { BatchWriteCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type * as z from "zod";
import { type TenantKey, tunnelName } from "../core/tenant/names.ts";
import type { Tenant } from "../core/tenant/tenant.ts";
import { bounded } from "../lambdas/survey-fleet/bounded.ts";
import type { task } from "../lambdas/survey-fleet/task.ts";
import { adminCredentials } from "../local/aws/ministack.ts";
import { type SeededCloudflare, startSeededCloudflare } from "../test/support/cloudflare/test-fleet.ts";
import { createTenantsTable, tenantsTable } from "../test/support/deployed-task.ts";
import { fleetAccess, fleetTenants, type SeededEc2, startSeededEc2 } from "../test/support/ec2/test-fleet.ts";
import { sampleRow } from "../test/support/sample.ts";
import { answerHeaders } from "../test/support/test-front.ts";
import { startTestMinistack, type TestMinistack } from "../test/support/test-ministack.ts";

const TOKEN_PARAMETER = "/warren/test/cloudflare-token";
/** As many as BatchWriteItem takes. */
const BATCH = 25;

export interface SurveyedFleet {
  /** For the survey's process. */
  environment: Record<string, string>;
  ec2: SeededEc2;
  cloudflare: SeededCloudflare;
  close(): Promise<void>;
}

export const startSurveyedFleet = async (size: number): Promise<SurveyedFleet> => {
  const tenants = fleetTenants("test", size);
  const aws = await startTestMinistack();
  const ec2 = await startSeededEc2({ tenants, ministackUrl: aws.url });
  const [cloudflare, edge] = await Promise.all([
    startSeededCloudflare({ names: tenants.map(tunnelName) }),
    startServing(tenants, ec2),
  ]);
  await writeRows(await createTenantsTable(aws), tenants, ec2);
  await new SSMClient(aws.client).send(
    new PutParameterCommand({ Name: TOKEN_PARAMETER, Value: cloudflare.token, Type: "SecureString" }),
  );
  return {
    environment: environmentOf(aws, ec2, cloudflare, edge),
    ec2,
    cloudflare,
    close: async () => {
      edge.closeAllConnections();
      edge.close();
      await Promise.all([aws.stop(), ec2.close(), cloudflare.close()]);
    },
  };
};

/** As the fronts of all machines do. */
const startServing = async (tenants: readonly TenantKey[], ec2: SeededEc2): Promise<http.Server> => {
  const indexes = new Map(tenants.map(({ slug }, index) => [slug, index]));
  const server = http.createServer(({ headers }, response) => {
    const index = indexes.get(headers.host?.split(".")[0] ?? "") ?? 0;
    const generation = tenants[index]?.generation ?? "";
    const instanceId = ec2.instanceIds[index] ?? "";
    response.writeHead(200, answerHeaders(headers, { generation, instanceId })).end("ok");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
};

const writeRows = async (
  client: DynamoDBDocumentClient,
  tenants: readonly TenantKey[],
  { instanceIds }: SeededEc2,
): Promise<void> => {
  const rows = tenants.map((tenant, index) => rowOf(tenant, instanceIds[index]));
  const batches = Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, index) =>
    rows.slice(index * BATCH, (index + 1) * BATCH),
  );
  const write = async (batch: Tenant[]): Promise<void> => {
    const requests = batch.map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [tenantsTable]: requests } }));
  };
  await bounded(batches, write, { atOnce: 8 });
};

const rowOf = ({ slug, generation }: TenantKey, instanceId: string | undefined): Tenant => {
  const resources = { tunnelId: "t", instanceId, availabilityZone: "eu-central-1a" };
  return {
    ...sampleRow({ status: "ready", resources }),
    slug,
    generation,
  };
};

const environmentOf = (
  aws: TestMinistack,
  ec2: SeededEc2,
  cloudflare: SeededCloudflare,
  edge: http.Server,
): z.input<typeof task.environment> & Record<string, string> => ({
  STAGE: "test",
  TENANTS_TABLE: tenantsTable,
  BASE_DOMAIN: "example.test",
  HEALTH_PATH: "/health",
  INSTANCE_ROLE_ID: "AROATENANTS",
  INSTANCE_PROFILE_ARN: fleetAccess.profileArn,
  SECURITY_GROUP_ID: fleetAccess.securityGroupId,
  PROBES_PER_SWEEP: "2000",
  OUTAGE_SHARE: "0.2",
  OUTAGE_MINIMUM: "3",
  SILENCE_SECONDS: "600",
  EDGE_URL: `http://127.0.0.1:${(edge.address() as AddressInfo).port}`,
  CLOUDFLARE_ACCOUNT_ID: cloudflare.accountId,
  CLOUDFLARE_BASE_URL: cloudflare.apiUrl,
  CLOUDFLARE_TOKEN_PARAMETER: TOKEN_PARAMETER,
  AWS_ENDPOINT_URL: aws.url,
  AWS_ENDPOINT_URL_EC2: ec2.url,
  AWS_REGION: aws.client.region,
  AWS_ACCESS_KEY_ID: adminCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: adminCredentials.secretAccessKey,
});
