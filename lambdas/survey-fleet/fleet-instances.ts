// All instances of the stage's tenants in a few calls, with their status checks. What the listing by tags lacks is asked
// for by the id in its row: not shown is not gone.
import {
  type EC2Client,
  type Instance as Ec2Instance,
  type Filter,
  paginateDescribeInstanceStatus,
  paginateDescribeInstances,
} from "@aws-sdk/client-ec2";
import { ec2Client, tagValue } from "../../core/aws/ec2.ts";
import { type Access, hasOwnGroup, hasOwnProfile } from "../../core/aws/instance-access.ts";
import { isEnded } from "../../core/aws/instances.ts";
import { type StatusCheck, statusCheckOf } from "../../core/aws/status-check.ts";
import { dataDevice } from "../../core/machine/machine-contract.ts";
import { incarnationKey } from "../../core/tenant/names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import type { FleetRow, InstanceFact, InstanceState } from "./facts.ts";

export interface FleetInstances {
  /**
   * @param rows those that will be asked about
   * @param initials what the slugs begin with; without them, all instances
   */
  read(rows: readonly FleetRow[], initials?: string[]): Promise<InstanceReport>;
}

export interface InstanceReport {
  /** Of the instance that the row names, else of its incarnation's newest that lives. */
  of(row: FleetRow): InstanceFact;
  /**
   * Ids of instances with our tags that live longer than a removal or a provision may need, and belong to no row.
   * @param rows all that there are, whatever their status
   * @param now milliseconds since the epoch
   */
  strays(rows: readonly FleetRow[], now: number): string[];
}

/** A removal by hand takes the row away first, and its machine within minutes. */
const STRAY_AFTER = 60 * 60_000;

/** The most that one call answers (API reference). */
const PAGE = 1_000;
/** The most values that a filter may have (API reference). */
const FILTER_VALUES = 200;

interface Found extends Pick<InstanceState, "state" | "zone"> {
  id: string;
  /** whether a volume is attached where data volumes are */
  hasData: boolean;
  hasOwnProfile: boolean;
  hasOwnGroup: boolean;
  /** milliseconds since the epoch */
  launchedAt: number;
}

/** @param access what the stage's instances are launched with */
export const fleetInstances = (
  stage: string,
  access: Access,
  client: EC2Client = ec2Client(),
): FleetInstances => ({
  read: async (rows, initials) => {
    const list = (Filters: Filter[]) => readInstances(client, Filters, access);
    // One after the other: a page of either is megabytes of XML, and memory is scarcer than seconds.
    const found = await list(byTags(stage, initials));
    const named = await readNamed(list, rows, found);
    const checks = await readChecks(client);
    const of = (row: FleetRow): InstanceFact => {
      const own = found.get(incarnationKey(row)) ?? [];
      const tagged = own.find(({ id }) => id === row.resources.instanceId);
      const untagged = named.get(row.resources.instanceId ?? "");
      const instance = tagged ?? untagged ?? newestAlive(own);
      if (!instance) return "missing";
      const { id, state, zone } = instance;
      const drift = driftOf(instance, instance === untagged, row);
      return { state, zone, checks: checks.get(id) ?? statusCheckOf(undefined), ...(drift && { drift }) };
    };
    return { of, strays: (all, now) => straysOf(found, all, now) };
  },
});

/** Of one that runs: what EC2 shows of the others differs with their state. */
const driftOf = (instance: Found, isUntagged: boolean, { resources }: FleetRow): string | undefined => {
  if (instance.state !== "running") return undefined;
  if (isUntagged) return "its instance lacks our tags";
  if (resources.volumeId && !instance.hasData) return "its data volume is not attached to its instance";
  if (!instance.hasOwnProfile) return "its instance has another instance profile than the tenants'";
  if (!instance.hasOwnGroup) return "its instance is in other security groups than the tenants'";
  return undefined;
};

const straysOf = (found: Map<string, Found[]>, rows: readonly FleetRow[], now: number): string[] => {
  const known = new Set(rows.map(incarnationKey));
  // One whose tags are gone is its row's all the same.
  const named = new Set(rows.map(({ resources }) => resources.instanceId));
  const ofNobody = [...found].filter(([key]) => !known.has(key)).flatMap(([, instances]) => instances);
  return ofNobody
    .filter(({ id }) => !named.has(id))
    .filter((one) => !isEnded(one) && now - one.launchedAt > STRAY_AFTER)
    .map(({ id }) => id);
};

const newestAlive = (instances: Found[]): Found | undefined =>
  instances.filter((one) => !isEnded(one)).toSorted((one, other) => other.launchedAt - one.launchedAt)[0];

const byTags = (stage: string, initials: string[] | undefined): Filter[] => [
  { Name: `tag:${tagKeys.stage}`, Values: [stage] },
  initials
    ? { Name: `tag:${tagKeys.slug}`, Values: initials.map((initial) => `${initial}*`) }
    : { Name: "tag-key", Values: [tagKeys.slug] },
];

/** Those that rows name and the listing by tags lacks. As a filter, an unknown id is no error. */
const readNamed = async (
  list: (filters: Filter[]) => Promise<Map<string, Found[]>>,
  rows: readonly FleetRow[],
  found: Map<string, Found[]>,
): Promise<Map<string, Found>> => {
  const isShown = (row: FleetRow) =>
    found.get(incarnationKey(row))?.some(({ id }) => id === row.resources.instanceId);
  const ids = rows.flatMap((row) => (isShown(row) ? [] : (row.resources.instanceId ?? [])));
  const named = new Map<string, Found>();
  for (let start = 0; start < ids.length; start += FILTER_VALUES) {
    const Filters = [{ Name: "instance-id", Values: ids.slice(start, start + FILTER_VALUES) }];
    for (const instances of (await list(Filters)).values())
      for (const instance of instances) named.set(instance.id, instance);
  }
  return named;
};

const readInstances = async (
  client: EC2Client,
  Filters: Filter[],
  access: Access,
): Promise<Map<string, Found[]>> => {
  const found = new Map<string, Found[]>();
  for await (const { Reservations = [] } of paginateDescribeInstances(
    { client, pageSize: PAGE },
    { Filters },
  )) {
    for (const instance of Reservations.flatMap(({ Instances = [] }) => Instances)) {
      const key = keyOf(instance);
      found.set(key, [...(found.get(key) ?? []), asFound(instance, access)]);
    }
  }
  return found;
};

const keyOf = ({ Tags }: Ec2Instance): string =>
  incarnationKey({
    slug: tagValue(Tags, tagKeys.slug) ?? "",
    generation: tagValue(Tags, tagKeys.generation) ?? "",
  });

const asFound = (shown: Ec2Instance, access: Access): Found => {
  const { InstanceId = "", State, Placement, LaunchTime, BlockDeviceMappings = [] } = shown;
  return {
    id: InstanceId,
    state: State?.Name ?? "pending",
    zone: Placement?.AvailabilityZone ?? "",
    launchedAt: LaunchTime?.getTime() ?? 0,
    hasData: BlockDeviceMappings.some(({ DeviceName }) => DeviceName === dataDevice),
    hasOwnProfile: hasOwnProfile(shown, access),
    hasOwnGroup: hasOwnGroup(shown, access),
  };
};

/** Of the running ones, by their ids; this call knows no filter by tags. */
const readChecks = async (client: EC2Client): Promise<Map<string, StatusCheck>> => {
  const checks = new Map<string, StatusCheck>();
  for await (const page of paginateDescribeInstanceStatus({ client, pageSize: PAGE }, {})) {
    for (const status of page.InstanceStatuses ?? [])
      checks.set(status.InstanceId ?? "", statusCheckOf(status));
  }
  return checks;
};
