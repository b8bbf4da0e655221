// Every error that a workflow's Retry or Catch may name. The name is a literal, because bundling renames classes,
// and the message ends in what to do, because it is what the tenant's row and the console show.

/** Parts the reason from the advice in a message, so that a workflow can put each in its own field. */
export const ADVICE_SEPARATOR = " What to do: ";

export abstract class WarrenError extends Error {
  constructor(name: string, reason: string, advice: string, options?: ErrorOptions) {
    super(`${reason}${ADVICE_SEPARATOR}${advice}`, options);
    this.name = name;
  }
}

/** What went wrong, without what to do about it. */
export const reasonOf = ({ message }: Error): string => message.split(ADVICE_SEPARATOR, 1)[0] ?? "";

const namedError = (errorName: string, advice: string) =>
  class extends WarrenError {
    static readonly errorName = errorName;

    constructor(reason: string, options?: ErrorOptions) {
      super(errorName, reason, advice, options);
    }
  };

// Transient: the same step, run again a little later, may well succeed.

/** Cloudflare answered 5xx, not at all, or not in time. */
export class CloudflareUnavailableError extends namedError(
  "CloudflareUnavailableError",
  "the workflow tries again by itself; if it has given up, look at www.cloudflarestatus.com and start over.",
) {}

/** 429: 1,200 calls in five minutes, and then a block of five minutes for the whole account. */
export class CloudflareThrottledError extends namedError(
  "CloudflareThrottledError",
  "the workflow tries again by itself; if it has given up, wait five minutes, and find what else uses this token.",
) {}

/** Throttling, 5xx or a lost connection of any AWS call. */
export class AwsTransientError extends namedError(
  "AwsTransientError",
  "the workflow tries again by itself; if it has given up, look at health.aws.amazon.com and start over.",
) {}

/** The name is held by an earlier incarnation of this tenant that is being removed. */
export class PreviousGenerationError extends namedError(
  "PreviousGenerationError",
  "wait until the earlier incarnation's removal has ended; if it failed, start it again first.",
) {}

/** No subnet has room for a machine of this type. */
export class CapacityError extends namedError(
  "CapacityError",
  "the workflow tries again by itself; if it has given up, try later, or configure another instance type or more zones.",
) {}

/** The instance stopped or ended by itself while it was starting: a new one has to be launched. */
export class InstanceLostError extends namedError(
  "InstanceLostError",
  "look at the instance's state transition reason in EC2, and at the KMS grants of its volumes; then start over.",
) {}

export class MachineNotReadyError extends namedError(
  "MachineNotReadyError",
  "the workflow tries again by itself; if it has given up, read the instance's console output.",
) {}

export class VolumeNotReadyError extends namedError(
  "VolumeNotReadyError",
  "the workflow tries again by itself; if it has given up, look at the volume's state in EC2.",
) {}

/** The tenant's hostname did not answer 200 in the time of one task; the reason says what it answered last. */
export class ProbeFailedError extends namedError(
  "ProbeFailedError",
  "the workflow tries again by itself; if it has given up, read the instance's console output: " +
    "no connector means cloudflared did not start, a refused origin means the application did not.",
) {}

export class WorkflowRunningError extends namedError(
  "WorkflowRunningError",
  "the workflow tries again by itself; if it has given up, stop the provision-tenant execution by hand.",
) {}

/** A connector came back between dropping all connections and deleting the tunnel (Cloudflare's code 1022). */
export class TunnelBusyError extends namedError(
  "TunnelBusyError",
  "the workflow tries again by itself; if it has given up, find and stop the connector that still runs.",
) {}

export class ResourceStillThereError extends namedError(
  "ResourceStillThereError",
  "the workflow tries again by itself; if it has given up, start the removal again.",
) {}

// Permanent: only a change elsewhere makes the same step succeed.

/** The row is gone, is being deleted, or is of another generation: whoever changed it takes care of the rest. */
export class TenantSupersededError extends namedError(
  "TenantSupersededError",
  "nothing: the removal or the new incarnation that superseded this one cleans up.",
) {}

/** 403, or code 10000: the token lacks a permission or is not valid for this account or zone. */
export class CloudflarePermissionError extends namedError(
  "CloudflarePermissionError",
  "give the API token Account / Cloudflare Tunnel / Edit and Zone / DNS / Edit for this account and zone, " +
    "and store it in the parameter that the stage's configuration names.",
) {}

/** Any other 4xx of Cloudflare, with its status and the codes from the body's `errors`. */
export class CloudflareRejectedError extends namedError(
  "CloudflareRejectedError",
  "look up the code in Cloudflare's API documentation; a quota can be raised by their support.",
) {
  readonly status: number;
  readonly codes: readonly number[];

  constructor(reason: string, { status, codes }: { status: number; codes: readonly number[] }) {
    super(reason);
    this.status = status;
    this.codes = codes;
  }
}

export class DnsRecordTakenError extends namedError(
  "DnsRecordTakenError",
  "remove or rename that record in Cloudflare, or choose another slug; it was left as it is.",
) {}

/** AWS refused for lack of permission; the reason names the action as far as AWS told. */
export class AwsDeniedError extends namedError(
  "AwsDeniedError",
  "allow the action in the task's role (lib/stacks) and deploy again, or look for a service control policy.",
) {}

/** Any other refusal of AWS: a wrong parameter, a missing resource, a quota. */
export class AwsRejectedError extends namedError(
  "AwsRejectedError",
  "look up the code in the service's API reference; a quota can be raised under Service Quotas.",
) {}

/** A restart on the machine, by Run Command, failed or did not end in time. */
export class CommandFailedError extends namedError(
  "CommandFailedError",
  "the next rung of the repair follows by itself; the command's output is in Systems Manager under Run Command.",
) {}

/** A replacement never begins with an empty volume where there was data. */
export class DataVolumeMissingError extends namedError(
  "DataVolumeMissingError",
  "find the tenant's last snapshot and restore it (docs/runbook.md, section Restore a tenant's data).",
) {}

/** Every rung of a repair was tried, or none could be. */
export class RepairFailedError extends namedError(
  "RepairFailedError",
  "follow docs/runbook.md, section A tenant is degraded; the next repair begins by itself after the cooldown.",
) {}

export class VolumeAttachedElsewhereError extends namedError(
  "VolumeAttachedElsewhereError",
  "detach the volume from that instance, or end the instance, and start over.",
) {}

/** A task was given, or made, something that its schema does not allow: the definition and the code disagree. */
export class InvalidInputError extends namedError(
  "InvalidInputError",
  "compare the state's arguments in state-machines/ with the task's input schema, and deploy both together.",
) {}

/** The function's environment does not fit its schema. */
export class InvalidEnvironmentError extends namedError(
  "InvalidEnvironmentError",
  "deploy the stage again: its stack sets these variables.",
) {}

/** What a workflow retries, besides Lambda's own transient errors. */
export const transientErrorNames: readonly string[] = [
  AwsTransientError,
  CapacityError,
  CloudflareThrottledError,
  CloudflareUnavailableError,
  InstanceLostError,
  MachineNotReadyError,
  PreviousGenerationError,
  ProbeFailedError,
  WorkflowRunningError,
  ResourceStillThereError,
  TunnelBusyError,
  VolumeNotReadyError,
].map(({ errorName }) => errorName);

/** What a workflow must not retry. */
export const permanentErrorNames: readonly string[] = [
  AwsDeniedError,
  AwsRejectedError,
  CloudflarePermissionError,
  CloudflareRejectedError,
  CommandFailedError,
  DataVolumeMissingError,
  DnsRecordTakenError,
  InvalidEnvironmentError,
  InvalidInputError,
  RepairFailedError,
  TenantSupersededError,
  VolumeAttachedElsewhereError,
].map(({ errorName }) => errorName);
