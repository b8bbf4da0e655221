// A tenant of the fleet: what it has, and how long it takes until it answers again.
import { DescribeInstancesCommand, DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import { expect, inject, vi } from "vitest";
import { tagKeys } from "../../core/tenant/tags.ts";
import { type Member, memberOf } from "../support/machines.ts";
import { ec2 } from "../support/stage.ts";
import { rowOf, visit, waiting } from "../support/tenants.ts";

/** @param index of 0 to 49: each test has tenants of its own */
export const member = async (index: number): Promise<Member> => {
  const slug = inject("fleet")[index] ?? "";
  return memberOf(await rowOf(slug));
};

const served = async (hostname: string): Promise<boolean> => {
  const patient = { signal: AbortSignal.timeout(2_000) };
  const { status } = await visit(hostname, "/health", patient).catch(() => ({ status: 0 }));
  return status === 200;
};

export const whenServed = ({ hostname }: Member): Promise<void> =>
  vi.waitFor(async () => expect(await served(hostname)).toBe(true), { timeout: 240_000, interval: 200 });

const whenNotServed = ({ hostname }: Member): Promise<void> =>
  vi.waitFor(async () => expect(await served(hostname)).toBe(false), { timeout: 60_000, interval: 50 });

/** Runs what breaks the tenant. @returns seconds from then until it answered 200 again, having failed to in between */
export const secondsOut = async (broken: Member, breakIt: () => Promise<unknown>): Promise<number> => {
  await breakIt();
  const brokenAt = Date.now();
  await whenNotServed(broken);
  await whenServed(broken);
  return (Date.now() - brokenAt) / 1000;
};

/** @returns seconds from now until it holds */
export const secondsUntil = async (holds: () => Promise<boolean>): Promise<number> => {
  const start = Date.now();
  await vi.waitFor(async () => expect(await holds()).toBe(true), { timeout: 240_000, interval: 200 });
  return (Date.now() - start) / 1000;
};

/** The row once no repair is under way and the tenant is ready. */
export const whenReadyAgain = (slug: string, patience = waiting) =>
  vi.waitFor(async () => {
    const row = await rowOf(slug);
    if (row.status !== "ready") throw new Error(`${slug} is ${JSON.stringify(row)}`);
    return row;
  }, patience);

const living = ["pending", "running", "stopping", "stopped", "shutting-down"];
const ofTenant = (slug: string) => ({ Name: `tag:${tagKeys.slug}`, Values: [slug] });

/** Ids of what EC2 shows of the tenant, without ended instances. */
export const inventory = async (slug: string): Promise<{ instances: string[]; dataVolumes: string[] }> => {
  const states = { Name: "instance-state-name", Values: living };
  const data = { Name: `tag:${tagKeys.volume}`, Values: ["data"] };
  const { Reservations = [] } = await ec2.send(
    new DescribeInstancesCommand({ Filters: [ofTenant(slug), states] }),
  );
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ Filters: [ofTenant(slug), data] }));
  return {
    instances: Reservations.flatMap(({ Instances = [] }) =>
      Instances.map(({ InstanceId = "" }) => InstanceId),
    ),
    dataVolumes: Volumes.map(({ VolumeId = "" }) => VolumeId),
  };
};

/** Into what the tenant's application keeps on its data volume. */
export const write = async ({ hostname }: Member, key: string, value: string): Promise<void> => {
  expect(await visit(hostname, `/data/${key}`, { body: value })).toMatchObject({ status: 200 });
};

export const read = async ({ hostname }: Member, key: string): Promise<string> =>
  (await visit(hostname, `/data/${key}`)).body;
