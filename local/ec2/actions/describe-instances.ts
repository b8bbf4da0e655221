// DescribeInstances and DescribeInstanceStatus: by ids, by filters, in pages.
import { z } from "zod";
import { type Actions, action } from "../action.ts";
import { Ec2Error } from "../errors.ts";
import { applyFilters, type Fields, filtersParameter } from "../filters.ts";
import { type Instance, instanceStateCodes } from "../model.ts";
import { page, pageParameters } from "../pages.ts";
import { formBoolean } from "../protocol/query.ts";
import { type Answer, items } from "../protocol/xml.ts";
import { reservationXml, stateXml } from "../rendering/instance-xml.ts";
import { findInstance, forgetTerminated, volumesOf, type World } from "../world.ts";

interface DescribeInstancesDeps {
  world: World;
  region: string;
  terminatedVisibleMs: number;
}

const selection = {
  InstanceId: z.array(z.string()).optional(),
  Filter: filtersParameter,
  ...pageParameters,
};

const fields = (world: World): Fields<Instance> => ({
  "instance-id": ({ instanceId }) => [instanceId],
  "instance-state-name": ({ state }) => [state],
  "instance-state-code": ({ state }) => [String(instanceStateCodes[state])],
  "instance-type": ({ instanceType }) => [instanceType],
  "image-id": ({ imageId }) => [imageId],
  "availability-zone": ({ zone }) => [zone],
  "subnet-id": ({ subnetId }) => [subnetId],
  "vpc-id": ({ vpcId }) => [vpcId],
  "private-ip-address": ({ privateIp }) => [privateIp],
  "client-token": ({ clientToken }) => [clientToken],
  "reservation-id": ({ reservationId }) => [reservationId],
  "instance.group-id": ({ groups }) => groups.map(({ id }) => id),
  "iam-instance-profile.arn": ({ profile }) => [profile?.arn],
  "block-device-mapping.volume-id": ({ instanceId }) =>
    volumesOf(world, instanceId).map(({ volumeId }) => volumeId),
});

const statusFields: Fields<Instance> = {
  "availability-zone": ({ zone }) => [zone],
  "instance-state-name": ({ state }) => [state],
  "instance-status.status": (instance) => [statusOf(instance)],
};

/** Machines here answer as soon as they run: there are no minutes of `initializing` after that. */
const statusOf = ({ state }: Instance): string => {
  if (state === "running") return "ok";
  return state === "pending" ? "initializing" : "not-applicable";
};

function statusXml(instance: Instance): Answer {
  const status = statusOf(instance);
  const details = status === "ok" ? items([{ name: "reachability", status: "passed" }]) : undefined;
  return {
    instanceId: instance.instanceId,
    availabilityZone: instance.zone,
    instanceState: stateXml(instance.state),
    instanceStatus: { status, details },
    systemStatus: { status, details },
  };
}

const byReservation = (instances: Instance[]): Instance[][] => [
  ...Map.groupBy(instances, ({ reservationId }) => reservationId).values(),
];

export function describeInstancesActions({
  world,
  terminatedVisibleMs,
  region,
}: DescribeInstancesDeps): Actions {
  function select(ids: string[] | undefined, maxResults: number | undefined): Instance[] {
    forgetTerminated(world, terminatedVisibleMs);
    if (!ids) return [...world.instances.values()];
    if (maxResults === undefined) return ids.map((id) => findInstance(world, id));
    throw new Ec2Error(
      "InvalidParameterCombination",
      "The parameter instancesSet cannot be used with the parameter maxResults",
    );
  }

  return {
    DescribeInstances: action(z.strictObject(selection), ({ InstanceId, Filter, ...request }) => {
      const found = applyFilters(Filter, fields(world), select(InstanceId, request.MaxResults));
      const { members, nextToken } = page(found, ({ instanceId }) => instanceId, request);
      const reservations = byReservation(members).map((instances) =>
        reservationXml(world, instances, region),
      );
      return { reservationSet: items(reservations), nextToken };
    }),

    DescribeInstanceStatus: action(
      z.strictObject({ ...selection, IncludeAllInstances: formBoolean.default(false) }),
      ({ InstanceId, Filter, IncludeAllInstances, ...request }) => {
        const selected = applyFilters(Filter, statusFields, select(InstanceId, request.MaxResults));
        const found = selected.filter(({ state }) => IncludeAllInstances || state === "running");
        const { members, nextToken } = page(found, ({ instanceId }) => instanceId, request);
        return { instanceStatusSet: items(members.map(statusXml)), nextToken };
      },
    ),
  };
}
