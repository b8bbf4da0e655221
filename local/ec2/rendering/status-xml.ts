// Status checks as DescribeInstanceStatus shows them.
import { type Answer, items } from "../protocol/xml.ts";
import type { Instance, StatusCheck } from "../world/model.ts";
import { stateXml } from "./instance-xml.ts";

/** Machines here answer as soon as they run: there are no minutes of `initializing` after that. */
export const statusOf = ({ state, impairments }: Instance, check: StatusCheck): string => {
  if (state === "running") return impairments?.has(check) ? "impaired" : "ok";
  return state === "pending" ? "initializing" : "not-applicable";
};

const reachabilities: Record<string, string> = { ok: "passed", impaired: "failed" };

/** Undefined where nothing is checked, or not yet. */
export const reachabilityOf = (instance: Instance, check: StatusCheck): string | undefined =>
  reachabilities[statusOf(instance, check)];

const checkXml = (instance: Instance, check: StatusCheck): Answer => {
  const reachability = reachabilityOf(instance, check);
  const details = {
    name: "reachability",
    status: reachability,
    impairedSince: impairedSince(instance, check),
  };
  return { status: statusOf(instance, check), details: reachability ? items([details]) : undefined };
};

const impairedSince = ({ impairments }: Instance, check: StatusCheck): Date | undefined =>
  impairments?.get(check);

export const statusXml = (instance: Instance): Answer => ({
  instanceId: instance.instanceId,
  availabilityZone: instance.zone,
  instanceState: stateXml(instance.state),
  instanceStatus: checkXml(instance, "instance"),
  systemStatus: checkXml(instance, "system"),
});
