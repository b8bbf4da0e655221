// What breaks on a tenant's machine, and the repair of it, ordered as a sweep orders it: by the row. Not by sweeps, which
// take the faults of a whole small fleet for an outage, and whose pauses would be waited for one fault after the other.
import { StopInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { vi } from "vitest";
import { repairStore } from "../../core/repair/repair-store.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import {
  deletedAdminToken,
  deletedDatabasePassword,
  deletedRecord,
  deletedTunnel,
  detachedVolume,
  foreignGroup,
  foreignReader,
  lostTag,
  takenProfile,
} from "../support/drift.ts";
import { hangConnector, type Member, memberOf, signal } from "../support/machines.ts";
import { ec2, machines, output, tables } from "../support/stage.ts";
import { rowOf, visit, waiting } from "../support/tenants.ts";
import { sweep } from "./sweeping.ts";

/** Breaks the tenant, and ends only when a repair would see what is broken. */
type Fault = (tenant: Member) => Promise<unknown>;

const hungConnector: Fault = async (tenant) => {
  await hangConnector(tenant);
  await whenDisconnected(tenant.hostname);
};

const hungApplication: Fault = (tenant) => signal(tenant, "warren-app", "SIGSTOP");

const hungFront: Fault = (tenant) => signal(tenant, "warren-front", "SIGSTOP");

const stopped: Fault = ({ instanceId }) => ec2.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));

const impaired: Fault = async (tenant) => {
  await machines.impair({ instanceId: tenant.instanceId, check: "instance" });
  await hungConnector(tenant);
};

/** Of the machines that are to be rebooted, one refuses it, and is replaced, though there is no room for a second one. */
const unbootable: Fault = async (tenant) => {
  const noRoom = { action: "RunInstances", code: "VcpuLimitExceeded", status: 400 };
  await machines.addFault({ ...noRoom, about: tenant.slug, times: 1 });
  await machines.addFault({ action: "RebootInstances", code: "IncorrectState", status: 400, times: 1 });
  await impaired(tenant);
};

/** Its machine may not read the new token either, so that a restart of the connector does not do. */
const withoutTunnel: Fault = async (tenant) => {
  await hungConnector(tenant);
  const row = await rowOf(tenant.slug);
  await deletedTunnel(row);
  await foreignReader(row);
};

const withoutRecord: Fault = async ({ slug }) => deletedRecord(await rowOf(slug));

/** The tags last: without them, only its id leads to the machine. */
const untagged: Fault = async ({ slug }) => {
  const row = await rowOf(slug);
  await detachedVolume(row);
  await takenProfile(row);
  await foreignGroup(row);
  await lostTag(row);
};

const withoutAdminToken: Fault = async ({ slug, instanceId }) => {
  await deletedAdminToken(await rowOf(slug));
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
};

/** Which no repair mends. */
const withoutDatabasePassword: Fault = async ({ slug, instanceId }) => {
  await deletedDatabasePassword(await rowOf(slug));
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
};

const whenDisconnected = (hostname: string): Promise<void> =>
  vi.waitFor(async () => {
    const { status } = await visit(hostname, "/health", { signal: AbortSignal.timeout(2_000) });
    if (status !== 530) throw new Error(`${hostname} answers ${status}, not 530`);
  }, waiting);

const unmendable = "without-password";

/** Every rung at least once, and a tenant that cannot be repaired. */
const faults: Record<string, Fault> = {
  "hung-connector": hungConnector,
  "hung-application": hungApplication,
  "hung-front": hungFront,
  stopped,
  impaired,
  unbootable,
  "without-tunnel": withoutTunnel,
  "without-record": withoutRecord,
  untagged,
  "without-admin-token": withoutAdminToken,
  [unmendable]: withoutDatabasePassword,
};
export const broken = Object.keys(faults);

export const everyRepair = async (): Promise<void> => {
  const before = await Promise.all(broken.map(rowOf));
  await Promise.all(before.map((row) => faults[row.slug]?.(memberOf(row))));
  // What only Cloudflare's listing tells a repair reads from the row.
  await sweep();
  const seen = await Promise.all(broken.map(rowOf));
  const repairs = repairStore(output("TenantsTableName"), { client: tables });
  // The guard may have let one through.
  const left = seen.filter(({ status }) => status !== "repairing");
  await Promise.all(left.map((row) => repairs.begin(row, "it was broken by a test")));
  await Promise.all(before.map((row) => whenRepaired(row, row.slug === unmendable ? "degraded" : "ready")));
};

/** @param row from before the repair */
const whenRepaired = ({ slug, repair }: Tenant, end: string): Promise<void> =>
  vi.waitFor(async () => {
    const row = await rowOf(slug);
    if (row.status === end && row.repair?.attempt !== repair?.attempt) return;
    throw new Error(`${slug} is not repaired: ${JSON.stringify(row)}`);
  }, waiting);
