import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  DescribeInstancesCommand,
  ModifyVolumeCommand,
  RebootInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { DeleteCommand, GetCommand } from "@aws-sdk/lib-dynamodb";
import Cloudflare from "cloudflare";
import { afterEach, expect, test, vi } from "vitest";
import { loadConfig } from "../../lib/config/load-config.ts";
import { cloudflareApiToken } from "../support/cloudflare-token.ts";
import { nothing, remainsOf } from "../support/remains.ts";
import { api, aws, cloudflare, ec2, facts, machines, output, tables } from "../support/stage.ts";
import { create, remove, rowOf, visit, waiting, whenRowGone, whenStatus } from "../support/tenants.ts";
import { executionsOf, scan } from "../support/traces.ts";
import { whileSweeping } from "./sweeping.ts";

const { cloudflare: ids, baseDomain } = loadConfig("local");

afterEach(async () => {
  await cloudflare.clearFaults();
  await machines.clearFaults();
});

const ready = async (slug: string): Promise<{ hostname: string; instanceId: string }> => {
  await create(slug);
  const { hostname } = await whenStatus(slug, "ready");
  const { instanceId } = JSON.parse((await visit(hostname, "/identity")).body);
  return { hostname, instanceId };
};

const deleted = async (slug: string): Promise<void> => {
  await remove(slug);
  await whenRowGone(slug);
};

const machineOf = async (instanceId: string) =>
  (await machines.machines()).find((machine) => machine.instanceId === instanceId);

const whenAnswers = (hostname: string, expected: number) =>
  vi.waitFor(async () => {
    const { status, body } = await visit(hostname, "/health");
    if (status !== expected) throw new Error(`${hostname} answers ${status}: ${body}`);
    return body;
  }, waiting);

test("a hostname that somebody else's record holds fails clearly, and the record stays", async () => {
  const slug = "taken-name";
  const client = new Cloudflare({ apiToken: await cloudflareApiToken(), baseURL: facts.cloudflareUrl });
  const theirs = await client.dns.records.create({
    zone_id: ids.zoneId,
    name: `${slug}.${baseDomain}`,
    type: "A",
    content: "192.0.2.1",
    ttl: 1,
    comment: "the marketing site",
  });

  await create(slug);
  const { failure } = await whenStatus(slug, "failed");

  expect(failure).toMatchObject({ step: "Create DNS Record", error: "DnsRecordTakenError" });
  expect(failure.advice).toContain("choose another slug");
  expect(await client.dns.records.get(theirs.id, { zone_id: ids.zoneId })).toMatchObject({
    content: "192.0.2.1",
    comment: "the marketing site",
  });
  const { records, rows, ...rest } = await remainsOf([slug]);
  expect({ records, rows }).toEqual({ records: [`${slug}.${baseDomain}`], rows: [slug] });
  expect(rest).toEqual({ tunnels: [], instances: [], volumes: [], snapshots: [], parameters: [] });
  await deleted(slug);
});

test("Cloudflare's lost answers make nothing twice", async () => {
  const slug = "lost-answers";
  for (const endpoint of [
    "POST /accounts/{account_id}/cfd_tunnel",
    "PUT /accounts/{account_id}/cfd_tunnel/{tunnel_id}/configurations",
    "POST /zones/{zone_id}/dns_records",
  ])
    await cloudflare.addFault({ endpoint, effect: { kind: "lost-answer" } });

  await ready(slug);

  const { tunnels, records } = await remainsOf([slug]);
  expect({ tunnels: tunnels.length, records: records.length }).toEqual({ tunnels: 1, records: 1 });
  await deleted(slug);
});

test("a zone without capacity is passed over", async () => {
  const slug = "full-zone";
  await machines.addFault({
    action: "RunInstances",
    code: "InsufficientInstanceCapacity",
    availabilityZone: `${facts.region}a`,
  });

  const { instanceId } = await ready(slug);

  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  expect(Reservations?.[0]?.Instances?.[0]?.Placement?.AvailabilityZone).toBe(`${facts.region}b`);
  await deleted(slug);
});

test("a machine whose application recovers for long after a boot is left alone meanwhile", async () => {
  const slug = "slow-start";
  const { hostname, instanceId } = await ready(slug);
  await machines.delay({ what: "application-start", id: instanceId, seconds: 20 });

  await ec2.send(new RebootInstancesCommand({ InstanceIds: [instanceId] }));
  await whileSweeping(async () => {
    await vi.waitFor(async () => expect((await rowOf(slug)).health?.state).toBe("starting"), waiting);
    await whenAnswers(hostname, 200);
  });

  expect((await rowOf(slug)).repair).toBeUndefined();
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  expect(Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe("running");
  await deleted(slug);
});

test("a data volume that is full fails its tenant, and serves again once it was made larger and the machine booted", async () => {
  const slug = "full-disk";
  const { hostname, instanceId } = await ready(slug);
  const root = (await machineOf(instanceId))?.root ?? "";
  const { resources } = await rowOf(slug);

  await writeFile(join(root, "data", "app", "filler"), "");
  await truncate(join(root, "data", "app", "filler"), 2 ** 30);
  await whenAnswers(hostname, 507);
  await ec2.send(new ModifyVolumeCommand({ VolumeId: resources.volumeId, Size: 2 }));
  await ec2.send(new RebootInstancesCommand({ InstanceIds: [instanceId] }));

  await whenAnswers(hostname, 200);
  await deleted(slug);
});

// Not beside the others: each of them ends all faults when it ends.
test("a tenant deleted while its provision is not shown yet, and gets no instance, leaves nothing", async () => {
  const slug = "not-shown-yet";
  await aws.showExecutionsAfter({ named: slug, shownAfterSeconds: 20 });
  const refusal = { action: "RunInstances", code: "InsufficientInstanceCapacity", status: 500 };
  await machines.addFault({ ...refusal, about: slug, times: 6 });

  await create(slug);
  await deleted(slug);

  expect(await remainsOf([slug])).toEqual(nothing);
  const workflows = [output("ProvisionWorkflowArn"), output("DeprovisionWorkflowArn")];
  const ofIt = (await Promise.all(workflows.map(executionsOf)))
    .flat()
    .filter(({ name }) => name.startsWith(slug));
  expect(ofIt.map(({ status }) => status)).not.toContain("RUNNING");
  const instances = await ec2.send(
    new DescribeInstancesCommand({ Filters: [{ Name: "tag:warren:slug", Values: [slug] }] }),
  );
  const states = instances.Reservations?.flatMap((one) => one.Instances?.map(({ State }) => State?.Name));
  expect(states?.filter((state) => state !== "terminated")).toEqual([]);
});

// Not beside the others: its sweeps would repair what those break.
test.each([
  ["start-instance", StopInstancesCommand],
  ["replace-instance", TerminateInstancesCommand],
])("a tenant deleted during the rung %s of its repair leaves nothing", async (rung, Breaking) => {
  const slug = `${rung}-deleted`;
  const { instanceId } = await ready(slug);
  await ec2.send(new Breaking({ InstanceIds: [instanceId] }));

  await whileSweeping(async () => {
    await vi.waitFor(async () => expect((await rowOf(slug)).repair?.rung).toBe(rung), waiting);
    await remove(slug);
  });
  await whenRowGone(slug);

  expect(await remainsOf([slug])).toEqual(nothing);
  const repairs = await executionsOf(output("RepairWorkflowArn"));
  const ofIt = repairs.filter(({ name }) => name.startsWith(slug));
  expect(ofIt.map(({ status }) => status)).toEqual(["FAILED"]);
});

test.concurrent("a tenant deleted while it is being made leaves nothing", async () => {
  const slug = "short-lived";

  await create(slug);
  await deleted(slug);

  expect(await remainsOf([slug])).toEqual(nothing);
  const provision = (await executionsOf(output("ProvisionWorkflowArn"))).find(({ name }) =>
    name.startsWith(slug),
  );
  expect(provision?.status).not.toBe("RUNNING");
});

test.concurrent("a removal waits for a machine that ends late, and says so", async () => {
  const slug = "ends-late";
  const { instanceId } = await ready(slug);
  await machines.delay({ what: "shutdown", id: instanceId, seconds: 600 });

  await remove(slug);
  const late = await vi.waitFor(async () => {
    const { body } = await api("GET", `/tenants/${slug}`);
    expect(body.progress).toHaveProperty("waitingFor");
    return body;
  }, waiting);
  const { tunnels } = await remainsOf([slug]);
  await machines.clearDelays();
  await whenRowGone(slug);

  expect(late).toMatchObject({
    status: "deleting",
    progress: { step: "Delete Instance", waitingFor: `Not terminated yet: ${instanceId}.` },
  });
  expect(tunnels).toHaveLength(1);
  expect(await remainsOf([slug])).toEqual(nothing);
});

test.concurrent("a row removed by hand while its tenant is being made leaves nothing", async () => {
  const slug = "torn-out";

  await create(slug);
  await tables.send(new DeleteCommand({ TableName: output("TenantsTableName"), Key: { slug } }));
  await vi.waitFor(async () => {
    const audited = (await scan(output("AuditTableName"))).some((entry) => entry.slug === slug);
    if (!audited) throw new Error("the removal is not audited yet");
  }, waiting);

  expect(await remainsOf([slug])).toEqual(nothing);
  const { Item } = await tables.send(
    new GetCommand({ TableName: output("TenantsTableName"), Key: { slug } }),
  );
  expect(Item).toBeUndefined();
});

test.concurrent("a slug that comes back is a new generation on a new machine", async () => {
  const slug = "comes-back";
  const first = await ready(slug);
  const before = JSON.parse((await visit(first.hostname, "/identity")).body);
  await deleted(slug);

  const second = await ready(slug);

  const after = JSON.parse((await visit(second.hostname, "/identity")).body);
  expect(after.generation).not.toBe(before.generation);
  expect(second.instanceId).not.toBe(first.instanceId);
  await deleted(slug);
});

test.concurrent("a killed connector is missed at the edge and comes back by itself", async () => {
  const slug = "dead-connector";
  const { hostname, instanceId } = await ready(slug);
  const units = (await machineOf(instanceId))?.units ?? [];
  const connector = units.find(({ name }) => name === "warren-connector");

  process.kill(connector?.pid ?? Number.NaN, "SIGKILL");

  expect(await whenAnswers(hostname, 530)).toContain("1033");
  await whenAnswers(hostname, 200);
  await deleted(slug);
});

test.concurrent("a machine killed by hand is a stopped instance, and its hostname has no connector", async () => {
  const slug = "dead-machine";
  const { hostname, instanceId } = await ready(slug);
  const machine = await machineOf(instanceId);

  process.kill(-(machine?.pid ?? Number.NaN), "SIGKILL");

  await whenAnswers(hostname, 530);
  await vi.waitFor(async () => {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
    expect(Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe("stopped");
  }, waiting);
  await deleted(slug);
});
