// All instances of the stage's tenants in a few calls, with their status checks.
import {
  type EC2Client,
  type Instance as Ec2Instance,
  type Filter,
  paginateDescribeInstanceStatus,
  paginateDescribeInstances,
} from "@aws-sdk/client-ec2";
import { ec2Client, tagValue } from "../../core/aws/ec2.ts";
import { type StatusCheck, statusCheckOf } from "../../core/aws/status-check.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import { type FleetRow, type InstanceFact, type InstanceState, incarnationKey } from "./facts.ts";

export interface FleetInstances {
  /**
   * Answers what is known of the instance of a row: of the one that the row names, else of its incarnation's newest
   * that lives.
   * @param initials what the slugs begin with; without them, all instances
   */
  read(initials?: string[]): Promise<(row: FleetRow) => InstanceFact>;
}

/** The most that one call answers (API reference). */
const PAGE = 1_000;

interface Found extends Omit<InstanceState, "checks"> {
  id: string;
  /** milliseconds since the epoch */
  launchedAt: number;
}

export const fleetInstances = (stage: string, client: EC2Client = ec2Client()): FleetInstances => ({
  read: async (initials) => {
    // One after the other: a page of either is megabytes of XML, and memory is scarcer than seconds.
    const found = await readInstances(client, stage, initials);
    const checks = await readChecks(client);
    return (row) => {
      const own = found.get(incarnationKey(row)) ?? [];
      const instance = own.find(({ id }) => id === row.resources.instanceId) ?? newestAlive(own);
      if (!instance) return "missing";
      const { id, state, zone } = instance;
      return { state, zone, checks: checks.get(id) ?? statusCheckOf(undefined) };
    };
  },
});

const newestAlive = (instances: Found[]): Found | undefined =>
  instances
    .filter(({ state }) => state !== "terminated" && state !== "shutting-down")
    .toSorted((one, other) => other.launchedAt - one.launchedAt)[0];

const readInstances = async (
  client: EC2Client,
  stage: string,
  initials: string[] | undefined,
): Promise<Map<string, Found[]>> => {
  const found = new Map<string, Found[]>();
  const Filters: Filter[] = [
    { Name: `tag:${tagKeys.stage}`, Values: [stage] },
    initials
      ? { Name: `tag:${tagKeys.slug}`, Values: initials.map((initial) => `${initial}*`) }
      : { Name: "tag-key", Values: [tagKeys.slug] },
  ];
  for await (const { Reservations = [] } of paginateDescribeInstances(
    { client, pageSize: PAGE },
    { Filters },
  )) {
    for (const instance of Reservations.flatMap(({ Instances = [] }) => Instances)) {
      const key = keyOf(instance);
      found.set(key, [...(found.get(key) ?? []), asFound(instance)]);
    }
  }
  return found;
};

const keyOf = ({ Tags }: Ec2Instance): string =>
  incarnationKey({
    slug: tagValue(Tags, tagKeys.slug) ?? "",
    generation: tagValue(Tags, tagKeys.generation) ?? "",
  });

const asFound = ({ InstanceId = "", State, Placement, LaunchTime }: Ec2Instance): Found => ({
  id: InstanceId,
  state: State?.Name ?? "pending",
  zone: Placement?.AvailabilityZone ?? "",
  launchedAt: LaunchTime?.getTime() ?? 0,
});

/** Of the running ones, by their ids; this call knows no filter by tags. */
const readChecks = async (client: EC2Client): Promise<Map<string, StatusCheck>> => {
  const checks = new Map<string, StatusCheck>();
  for await (const page of paginateDescribeInstanceStatus({ client, pageSize: PAGE }, {})) {
    for (const status of page.InstanceStatuses ?? [])
      checks.set(status.InstanceId ?? "", statusCheckOf(status));
  }
  return checks;
};
