// The survey against the stand-ins of all that it asks: rows in a real table, tunnels, instances, and an edge.
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { EC2Client } from "@aws-sdk/client-ec2";
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { rememberingCalls } from "../../core/aws-sdk/aws-errors.ts";
import { edge } from "../../core/edge/edge.ts";
import { type Survey, survey } from "../../core/fleet/survey.ts";
import { type TenantKey, tunnelName } from "../../core/tenant/names.ts";
import { type Tenant, tenant } from "../../core/tenant/tenant.ts";
import { documentClient } from "../../core/tenant/tenant-store.ts";
import { adminCredentials } from "../../local/aws/ministack.ts";
import type { FaultOrder } from "../../local/cloudflare/api/faults.ts";
import { type SeededCloudflare, startSeededCloudflare } from "../../test/support/cloudflare/test-fleet.ts";
import { testAccess } from "../../test/support/cloudflare-access.ts";
import { createTenantsTable, tenantsTable } from "../../test/support/deployed-task.ts";
import {
  fleetAccess,
  fleetTenants,
  type SeededEc2,
  startSeededEc2,
} from "../../test/support/ec2/test-fleet.ts";
import { sampleRow } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { newTestAccount, type TestAccount } from "../../test/support/test-account.ts";
import { answerHeaders } from "../../test/support/test-front.ts";
import { fleetInstances } from "./fleet-instances.ts";
import { fleetRows } from "./fleet-rows.ts";
import { fleetTunnels } from "./fleet-tunnels.ts";
import { surveyFleet } from "./survey-fleet.ts";
import { task } from "./task.ts";

const LIST = "GET /accounts/{account_id}/cfd_tunnel";
const tenants = fleetTenants("test", 20);
const [first, second, third] = tenants as [TenantKey, TenantKey, TenantKey];
const MINUTE = 60_000;

describe("survey-fleet", () => {
  let aws: TestAccount;
  let table: DynamoDBDocumentClient;
  let ec2: SeededEc2;
  let cloudflare: SeededCloudflare;
  let server: http.Server;
  /** what answers in place of a tenant's machine, by hostname */
  let answers: Map<string, [status: number, page: string]>;
  /** the status of a tenant's application, by hostname, if not 200 */
  let statuses: Map<string, number>;
  /** what is wrong with a tenant's parameters, by slug */
  let drifted: Map<string, () => string>;
  let clock = stillClock();
  let warnings: unknown[];

  beforeAll(async () => {
    aws = newTestAccount();
    await createTenantsTable(aws);
    table = documentClient(aws.client);
    server = http.createServer(({ headers }, response) => {
      const { host = "" } = headers;
      const [status, page] = answers.get(host) ?? [];
      if (status) return response.writeHead(status).end(page);
      return response.writeHead(statuses.get(host) ?? 200, answerHeaders(headers, machineOf(host))).end();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
  });
  beforeEach(async () => {
    ec2 = await startSeededEc2({ tenants, ministackUrl: aws.url });
    cloudflare = await startSeededCloudflare({ names: tenants.map(tunnelName) });
    answers = new Map();
    statuses = new Map();
    drifted = new Map();
    clock = stillClock();
    warnings = [];
    for (const one of tenants) await put(one);
  });
  afterEach(() => Promise.all([ec2.close(), cloudflare.close()]));
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
  });

  const tunnelOf = (one: TenantKey) =>
    [...cloudflare.state.tunnels.values()].find(({ name }) => name === tunnelName(one));
  const instanceOf = (one: TenantKey) => ec2.world.instances.get(ec2.instanceIds[tenants.indexOf(one)] ?? "");
  const machineOf = (host: string) => {
    const index = tenants.findIndex(({ slug }) => host.startsWith(`${slug}.`));
    return { generation: tenants[index]?.generation ?? "", instanceId: ec2.instanceIds[index] ?? "" };
  };
  const put = async (one: TenantKey, changes: Partial<Tenant> = {}) => {
    const { slug, generation } = one;
    const instance = instanceOf(one);
    const resources = {
      tunnelId: tunnelOf(one)?.id,
      instanceId: instance?.instanceId,
      availabilityZone: instance?.zone,
    };
    const row = { ...sampleRow({ status: "ready", resources }), slug, generation, ...changes };
    await table.send(new PutCommand({ TableName: tenantsTable, Item: row }));
  };
  const get = async ({ slug }: TenantKey): Promise<Tenant> =>
    tenant.parse((await table.send(new GetCommand({ TableName: tenantsTable, Key: { slug } }))).Item);

  /** One more sweep, a minute after the last. */
  const sweep = async (input = {}): Promise<Survey> => {
    await clock.sleep(MINUTE);
    const endpoint = { endpoint: ec2.url, region: ec2.region, credentials: adminCredentials, maxAttempts: 1 };
    const { port } = server.address() as AddressInfo;
    const lookup = () => {
      throw new Error("a given edge needs no lookup");
    };
    return survey.parse(
      await surveyFleet(task.input.parse(input), {
        env: {
          BASE_DOMAIN: "example.test",
          HEALTH_PATH: "/health",
          PROBES_PER_SWEEP: 2_000,
          OUTAGE_SHARE: 0.2,
          OUTAGE_MINIMUM: 3,
          SILENCE_SECONDS: 600,
        },
        rows: fleetRows(tenantsTable, table),
        tunnels: fleetTunnels("test", cloudflare.accountId, testAccess(cloudflare.apiUrl, cloudflare.token)),
        instances: fleetInstances("test", fleetAccess, rememberingCalls(new EC2Client(endpoint))),
        secrets: { driftOf: async ({ slug }) => drifted.get(slug)?.() },
        edge: edge({ edgeUrl: `http://127.0.0.1:${port}`, lookup }),
        clock,
        logger: { warn: (message: unknown) => warnings.push(message) } as never,
      }),
    );
  };

  it("finds a fleet healthy for one call, and writes that down once", async () => {
    const seen = await sweep();
    const row = await get(first);
    await sweep();

    expect(seen).toEqual({
      page: 0,
      pages: 1,
      at: "2026-11-22T12:01:00.000Z",
      counts: { healthy: 20, degraded: 0, down: 0, starting: 0, unknown: 0 },
      judged: 20,
      degraded: 0,
      repairing: 0,
      queued: 0,
      left: 0,
      down: [],
      unfinished: [],
      bad: { total: 0, byCause: {}, byZone: {} },
      recent: { proved: 0, failed: 0 },
      oldestUnhealthySeconds: 0,
      connections: 80,
      aws: {},
      strays: [],
      cloudflare: { calls: 1, quotaLeft: 1_199 / 1_200 },
    });
    expect(row.health).toEqual({ state: "healthy", since: seen.at, badSweeps: 0 });
    expect(await get(first)).toEqual(row);
  });

  it("names a tenant in the second sweep in a row that finds it bad", async () => {
    answers.set(`${first.slug}.example.test`, [530, "error code: 1033"]);
    cloudflare.disconnect(tunnelName(first));
    await sweep();

    const before = await sweep();
    answers.clear();
    const after = await sweep();

    expect(before).toMatchObject({
      counts: { healthy: 19, down: 1 },
      oldestUnhealthySeconds: 60,
      bad: { total: 1, byCause: { connector: 1 }, byZone: { "eu-central-1a": 1 } },
      down: [
        { slug: first.slug, status: "ready", cause: "connector", since: before.at, attempt: 0, failures: 0 },
      ],
    });
    expect(after).toMatchObject({ counts: { healthy: 20 }, bad: { total: 0 }, down: [] });
    expect((await get(first)).health).toEqual({ state: "healthy", since: after.at, badSweeps: 0 });
  });

  it("names one whose instance was terminated at once, and one that refuses later", async () => {
    (instanceOf(second) as { state: string }).state = "terminated";
    statuses.set(`${third.slug}.example.test`, 502);

    const [one, other] = [await sweep(), await sweep()];

    expect(one).toMatchObject({
      bad: { total: 2, byZone: { "eu-central-1b": 1 } },
      down: [{ slug: second.slug }],
    });
    expect(other.down.map(({ slug, cause }) => [slug, cause])).toEqual([
      [second.slug, "missing"],
      [third.slug, "origin"],
    ]);
  });

  it("orders no more than its correction for a tenant that answers, though EC2 shows its instance without tags, or not at all", async () => {
    instanceOf(first)?.tags.delete("warren:generation");
    ec2.world.instances.delete(instanceOf(second)?.instanceId ?? "");

    await sweep();
    const seen = await sweep();

    expect(seen).toMatchObject({ counts: { healthy: 19, degraded: 1 }, bad: { total: 0 } });
    expect(seen.down).toMatchObject([{ slug: first.slug, cause: "drift" }]);
    expect((await get(first)).health).toMatchObject({ state: "degraded", cause: "drift" });
  });

  it("orders the correction of parameters that were changed, and takes what is not told for nothing", async () => {
    drifted.set(first.slug, () => "the parameter of its admin-token is gone");
    drifted.set(second.slug, () => {
      throw new Error("ThrottlingException");
    });

    await sweep();
    const seen = await sweep();

    expect(seen).toMatchObject({ counts: { healthy: 19, degraded: 1 }, bad: { total: 0 } });
    const reason = "served, though the parameter of its admin-token is gone";
    expect(seen.down).toMatchObject([{ slug: first.slug, cause: "drift", reason }]);
    expect(warnings).toContain("parameters were not looked at");
  });

  it("degrades one of whom nothing was known for ten minutes, and not a fleet of them", async () => {
    statuses.set(`${first.slug}.example.test`, 403);
    for (let minute = 0; minute <= 10; minute += 1) await sweep();
    const alone = await get(first);

    for (const one of tenants) statuses.set(`${one.slug}.example.test`, 403);
    for (let minute = 0; minute <= 20; minute += 1) await sweep();

    expect(alone).toMatchObject({ status: "degraded", failure: { error: "TenantSilentError" } });
    expect(await get(second)).toMatchObject({ status: "ready", health: { state: "unknown" } });
  });

  it("counts who failed and left something behind, for as long as the row says so", async () => {
    const failed = (left: "nothing" | "resources") => ({
      status: "failed" as const,
      failure: {
        step: "Delete Tunnel",
        error: "AwsDeniedError",
        reason: "No.",
        at: "2026-11-22T11:00:00Z",
        left,
      },
    });
    await put(first, failed("resources"));
    await put(second, failed("nothing"));

    expect(await sweep()).toMatchObject({ left: 1, judged: 18, unfinished: [] });
    await put(first, { status: "deleting" });
    expect(await sweep()).toMatchObject({ left: 0 });
  });

  it("leaves alone who is provisioning, deleting or under repair, and tells of them", async () => {
    const repair = { attempt: 3, failures: 1, resumed: 1, startedAt: "2026-11-22T11:00:00Z", reason: "r" };
    const rows = { provisioning: first, deleting: second, repairing: third };
    for (const [status, one] of Object.entries(rows) as [Tenant["status"], TenantKey][]) {
      await put(one, {
        status,
        ...(status === "repairing" && { repair, updatedAt: "2026-11-22T11:00:00Z" }),
      });
    }
    for (const instance of ec2.world.instances.values()) instance.state = "terminated";

    const seen = await sweep();

    expect(seen).toMatchObject({ judged: 17, repairing: 1, bad: { total: 17 } });
    expect(
      seen.unfinished.map(({ slug, status, attempt, resumed }) => [slug, status, attempt, resumed]),
    ).toEqual([
      [third.slug, "repairing", 3, 1],
      [first.slug, "provisioning", 0, 0],
      [second.slug, "deleting", 0, 0],
    ]);
    for (const one of Object.values(rows)) expect(await get(one)).not.toHaveProperty("health");
  });

  it.each<[string, FaultOrder["effect"]]>([
    ["500", { kind: "status", status: 500 }],
    ["429", { kind: "status", status: 429 }],
    ["garbage", { kind: "garbage" }],
    ["half a listing", { kind: "half-listing", honest: true }],
    ["half a listing that lies", { kind: "half-listing", honest: false }],
  ])("finds nobody down while Cloudflare answers %s, whatever the edge says", async (_, effect) => {
    for (const { slug } of tenants.slice(0, 15))
      answers.set(`${slug}.example.test`, [530, "error code: 1033"]);
    await cloudflare.admin.addFault({ endpoint: LIST, times: 5, effect });

    const sweeps = [await sweep(), await sweep(), await sweep()];

    for (const seen of sweeps) {
      expect(seen.cloudflare.trouble).toBeDefined();
      expect(seen.counts.unknown).toBeGreaterThanOrEqual(5);
    }
    const unlisted = sweeps.flatMap(({ down }) => down.filter(({ slug }) => slug >= "t00010"));
    expect(unlisted).toEqual([]);
    if (effect.kind !== "half-listing") expect(sweeps.flatMap(({ down }) => down)).toEqual([]);
  });

  it.each<[string, FaultOrder["effect"]]>([
    ["500", { kind: "status", status: 500 }],
    ["half a listing", { kind: "half-listing", honest: true }],
    ["half a listing that lies", { kind: "half-listing", honest: false }],
  ])("still finds healthy who answers while Cloudflare answers %s", async (_, effect) => {
    await cloudflare.admin.addFault({ endpoint: LIST, effect });

    expect(await sweep()).toMatchObject({ counts: { healthy: 20 }, bad: { total: 0 }, down: [] });
  });

  it.each(["DescribeInstances", "DescribeInstanceStatus"])(
    "finds nobody down while %s fails",
    async (action) => {
      await ec2.admin.addFault({ action, code: "InternalError" });
      for (const { slug } of tenants.slice(0, 15)) answers.set(`${slug}.example.test`, [502, ""]);

      const sweeps = [await sweep(), await sweep(), await sweep()];

      for (const seen of sweeps) {
        expect(seen).toMatchObject({ counts: { healthy: 5, unknown: 15 }, bad: { total: 0 }, down: [] });
        expect(seen.aws.trouble).toContain(`AWS did not carry out ec2:${action} (InternalError`);
      }
    },
  );

  it("does not begin without the rows", async () => {
    await expect(surveyWithoutTable()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
  const surveyWithoutTable = () => fleetRows("no-such-table", table).read();

  it("makes a tenant ready again that a repair gave up and that answers", async () => {
    const failure = { step: "s", error: "e", reason: "r", at: "2026-11-22T12:00:00.000Z" };
    await put(first, { status: "degraded", failure });

    const seen = await sweep();

    expect(seen).toMatchObject({ degraded: 0, counts: { healthy: 20 } });
    expect(await get(first)).toMatchObject({ status: "ready" });
    expect(await get(first)).not.toHaveProperty("failure");
  });

  it("goes on past a row that somebody wrote wrongly by hand", async () => {
    await table.send(
      new PutCommand({ TableName: tenantsTable, Item: { slug: first.slug, status: "ready" } }),
    );

    const seen = await sweep();

    expect(seen.judged).toBe(19);
    expect(warnings).toEqual(["rows do not fit their schema and are left alone"]);
  });

  it("surveys a page of a larger fleet, and only that", async () => {
    const [pageOfT, other] = [await sweep({ page: 1, pages: 3 }), await sweep({ page: 0, pages: 3 })];

    expect(pageOfT).toMatchObject({ page: 1, pages: 3, judged: 20, counts: { healthy: 20 } });
    expect(other).toMatchObject({ page: 0, pages: 3, judged: 0, connections: 0 });
  });

  it.each([{ page: 1 }, { page: 3, pages: 3 }, { pages: 37 }])("refuses the page %o", (input) => {
    expect(task.input.safeParse(input).success).toBe(false);
  });
});
