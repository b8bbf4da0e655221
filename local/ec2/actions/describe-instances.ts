// DescribeInstances and DescribeInstanceStatus: by ids, by filters, in pages.
import * as z from "zod";
import { listed, named } from "../faults/showings.ts";
import { type Actions, action } from "../protocol/action.ts";
import { Ec2Error, invalidParameter } from "../protocol/errors.ts";
import { page, pageParameters } from "../protocol/pages.ts";
import { formBoolean } from "../protocol/query.ts";
import { items } from "../protocol/xml.ts";
import { type Attached, reservationSet, volumesByInstance } from "../rendering/instance-xml.ts";
import { reachabilityOf, statusOf, statusXml } from "../rendering/status-xml.ts";
import { type Instance, instanceStateCodes } from "../world/model.ts";
import { forgetTerminated, type World } from "../world/world.ts";
import { applyFilters, type Fields, filtersParameter } from "./filters.ts";

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

const stateFields: Fields<Instance> = {
  "instance-state-name": ({ state }) => [state],
  "instance-state-code": ({ state }) => [String(instanceStateCodes[state])],
  "availability-zone": ({ zone }) => [zone],
};

const fields = (attached: Attached): Fields<Instance> => ({
  ...stateFields,
  "instance-id": ({ instanceId }) => [instanceId],
  "instance-type": ({ instanceType }) => [instanceType],
  "image-id": ({ imageId }) => [imageId],
  "subnet-id": ({ subnetId }) => [subnetId],
  "vpc-id": ({ vpcId }) => [vpcId],
  "private-ip-address": ({ privateIp }) => [privateIp],
  "client-token": ({ clientToken }) => [clientToken],
  "reservation-id": ({ reservationId }) => [reservationId],
  "instance.group-id": ({ groups }) => groups.map(({ id }) => id),
  "iam-instance-profile.arn": ({ profile }) => [profile?.arn],
  "block-device-mapping.volume-id": ({ instanceId }) =>
    attached.get(instanceId)?.map(({ volumeId }) => volumeId) ?? [],
});

/** Those of DescribeInstanceStatus (API reference), as far as there is something behind them; none is about tags. */
const statusFields: Fields<Instance> = {
  ...stateFields,
  "instance-status.status": (instance) => [statusOf(instance, "instance")],
  "instance-status.reachability": (instance) => [reachabilityOf(instance, "instance")],
  "system-status.status": (instance) => [statusOf(instance, "system")],
  "system-status.reachability": (instance) => [reachabilityOf(instance, "system")],
};

/** DescribeInstanceStatus takes no more ids at once (API reference); the code of its refusal is assumed. */
const mostStatusIds = 100;

const checkStatusIds = (ids: string[] = []): void => {
  if (ids.length <= mostStatusIds) return;
  throw invalidParameter(
    `DescribeInstanceStatus takes at most ${mostStatusIds} instance IDs, not ${ids.length}; use pages instead`,
  );
};

export const describeInstancesActions = ({
  world,
  terminatedVisibleMs,
  region,
}: DescribeInstancesDeps): Actions => {
  function select(ids: string[] | undefined, maxResults: number | undefined): Instance[] {
    forgetTerminated(world, terminatedVisibleMs);
    if (!ids) return listed(world);
    if (maxResults === undefined) return ids.map((id) => named(world, id));
    throw new Ec2Error(
      "InvalidParameterCombination",
      "The parameter instancesSet cannot be used with the parameter maxResults",
    );
  }

  return {
    DescribeInstances: action(z.strictObject(selection), ({ InstanceId, Filter, ...request }) => {
      const attached = volumesByInstance(world);
      const found = applyFilters(Filter, fields(attached), select(InstanceId, request.MaxResults));
      const { members, nextToken } = page(found, ({ instanceId }) => instanceId, request);
      return { reservationSet: reservationSet(attached, members, region), nextToken };
    }),

    DescribeInstanceStatus: action(
      z.strictObject({ ...selection, IncludeAllInstances: formBoolean.default(false) }),
      ({ InstanceId, Filter, IncludeAllInstances, ...request }) => {
        checkStatusIds(InstanceId);
        const shown = select(InstanceId, request.MaxResults).filter(
          ({ state }) => IncludeAllInstances || state === "running",
        );
        const found = applyFilters(Filter, statusFields, shown, { byTags: false });
        const { members, nextToken } = page(found, ({ instanceId }) => instanceId, request);
        return { instanceStatusSet: items(members.map(statusXml)), nextToken };
      },
    ),
  };
};
