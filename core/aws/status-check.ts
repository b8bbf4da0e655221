// EC2's two status checks of an instance, the host's and the machine's own, as one word.
import type { InstanceStatus } from "@aws-sdk/client-ec2";

/** The worse of both; unknown where either tells nothing. */
export type StatusCheck = "ok" | "initializing" | "impaired" | "unknown";

type Checks = Pick<InstanceStatus, "SystemStatus" | "InstanceStatus">;

/**
 * "insufficient-data", or a word that EC2 may say one day, is evidence of nothing: no reason to touch a machine, and none
 * to think it well. Undefined is EC2's answer for an instance that does not run.
 */
export const statusCheckOf = (checks: Checks | undefined): StatusCheck => {
  const both = [checks?.SystemStatus?.Status, checks?.InstanceStatus?.Status];
  if (both.includes("impaired")) return "impaired";
  if (both.includes("initializing")) return "initializing";
  return both.every((check) => check === "ok") ? "ok" : "unknown";
};
