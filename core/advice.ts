// What to do about an error, by its name: the one table that the API, the mails and the runbook's tests read. Rows and
// executions keep step, error and reason only, so that better advice reaches failures that are there already.

const advice: Record<string, string> = {
  CloudflareUnavailableError:
    "the workflow tries again by itself; if it has given up, look at www.cloudflarestatus.com and start over.",
  CloudflareThrottledError:
    "the workflow tries again by itself; if it has given up, wait five minutes, and find what else uses this token.",
  AwsTransientError:
    "the workflow tries again by itself; if it has given up, look at health.aws.amazon.com and start over.",
  PreviousGenerationError:
    "wait until the earlier incarnation's removal has ended; if it failed, start it again first.",
  CapacityError:
    "the workflow tries again by itself, for as long as machine.capacityWaitMinutes of the stage's configuration allows.",
  NoCapacityError:
    "see in the reason what AWS lacks: a quota is raised under Service Quotas; for room, configure machine.otherInstanceTypes or wait longer (machine.capacityWaitMinutes). Then start over.",
  NoSecondRoomError:
    "the repair stops the tenant's old machine by itself, and launches the new one in its place.",
  InstanceLostError:
    "look at the instance's state transition reason in EC2, and at the KMS grants of its volumes; then start over.",
  MachineNotReadyError:
    "the workflow tries again by itself; if it has given up, read the instance's console output.",
  VolumeNotReadyError:
    "the workflow tries again by itself; if it has given up, look at the volume's state in EC2.",
  NotServedYetError:
    "the workflow asks again by itself, for as long as machine.firstAnswerMinutes of the stage's configuration allows.",
  ProbeFailedError:
    "read the last lines of its machine's console: no connector means cloudflared did not start, a refused origin means the application did not. One that only needs longer gets it by machine.firstAnswerMinutes.",
  WorkflowRunningError:
    "the workflow tries again by itself; if it has given up, stop by hand the execution that the reason names.",
  TunnelBusyError:
    "the workflow tries again by itself; if it has given up, find and stop the connector that still runs.",
  ResourceStillThereError: "the workflow tries again by itself; if it has given up, start the removal again.",
  TenantSupersededError: "nothing: the removal or the new incarnation that superseded this one cleans up.",
  CloudflarePermissionError:
    "it was refused for minutes: give the API token Account / Cloudflare Tunnel / Edit and Zone / DNS / Edit for this account and zone, and store it in the parameter that the stage's configuration names.",
  CloudflareRejectedError:
    "look up the code in Cloudflare's API documentation; a quota can be raised by their support.",
  SecretLostError:
    "while the machine runs, its value is in /run/warren on it: put it back into the parameter that the reason names, under the stage's key.",
  DnsRecordTakenError:
    "remove or rename that record in Cloudflare, or choose another slug; it was left as it is.",
  AwsDeniedError:
    "allow the action to the task's role (lib/permissions) and deploy again, or look for a service control policy.",
  AwsRejectedError:
    "look up the code in the service's API reference; a quota can be raised under Service Quotas.",
  CommandFailedError:
    "the next rung of the repair follows by itself; the command's output is in Systems Manager under Run Command.",
  DataVolumeMissingError:
    "find the tenant's last snapshot and restore it (docs/runbook.md, section Restore a tenant's data).",
  SweepBlindError:
    "see what the sweep could not ask, in its cause; no repair begins for what it did not see, and the next sweep looks again.",
  TenantSilentError:
    "open the tenant's health page by hand; the reason says what keeps the sweeps from seeing it, such as an Access policy, a firewall rule or an API that refuses. It is ready again with the first sweep that sees it served.",
  RepairFailedError:
    "follow docs/runbook.md, section A tenant is degraded; the next repair begins by itself after the cooldown.",
  VolumeAttachedElsewhereError: "detach the volume from that instance, or end the instance, and start over.",
  InvalidInputError:
    "compare the state's arguments in state-machines/ with the task's input schema, and deploy both together.",
  InvalidEnvironmentError: "deploy the stage again: its stack sets these variables.",
  AwsThrottledError:
    "the workflow tries again by itself; if it has given up, find in CloudTrail who makes so many calls, or raise the rate under Service Quotas.",
  TaskTimeoutError:
    "the workflow tries again by itself; if it has given up, read the task's log: what it waited for is in its last lines.",
  WorkflowLostError: "find out in its executions in Step Functions why it ended.",
  "States.Timeout": "find out in its executions in Step Functions which state took so long.",
};

export const advisedErrorNames: readonly string[] = Object.keys(advice);

/** For an error of a service that the workflow calls itself, such as `DynamoDB.InternalServerError`. */
const foreign =
  "look the error up in the service's API reference; docs/runbook.md, section Errors, has the workflow's own.";

const afterwards = {
  nothing: (slug: string) => `Nothing was left behind: DELETE /tenants/${slug} and create it again.`,
  resources: (slug: string) => `DELETE /tenants/${slug} removes what is left.`,
};

interface Failure {
  error: string;
  left?: keyof typeof afterwards | undefined;
}

/** One or two sentences, the first about the error, the second about what the workflow has left. */
export const adviceFor = ({ error, left }: Failure, slug: string): string => {
  const [first = "", ...rest] = advice[error] ?? foreign;
  const sentences = [`${first.toUpperCase()}${rest.join("")}`, ...(left ? [afterwards[left](slug)] : [])];
  return sentences.join(" ");
};
