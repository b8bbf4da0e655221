// Every error that a workflow's Retry or Catch may name. The name is a literal, because bundling renames classes. What to
// do about each is in advice.ts.

export abstract class WarrenError extends Error {
  constructor(name: string, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = name;
  }
}

type Kind = "transient" | "doubtful" | "permanent";

const kinds = new Map<string, Kind>();

const ofKind = (kind: Kind) => (errorName: string) => {
  kinds.set(errorName, kind);
  return class extends WarrenError {
    static readonly errorName = errorName;

    constructor(reason: string, options?: ErrorOptions) {
      super(errorName, reason, options);
    }
  };
};
const transient = ofKind("transient");
const doubtful = ofKind("doubtful");
const permanent = ofKind("permanent");

// Transient: the same step, run again a little later, may well succeed.

/** Cloudflare answered 5xx, not at all, or not in time. */
export class CloudflareUnavailableError extends transient("CloudflareUnavailableError") {}

/** 429: 1,200 calls in five minutes, and then a block of five minutes for the whole account. */
export class CloudflareThrottledError extends transient("CloudflareThrottledError") {}

/** 5xx or a lost connection of any AWS call. */
export class AwsTransientError extends transient("AwsTransientError") {}

/** AWS answered that it is asked too often. */
export class AwsThrottledError extends transient("AwsThrottledError") {}

/** The Lambda's own time was used up; what it had begun may have taken effect. */
export class TaskTimeoutError extends transient("TaskTimeoutError") {}

/** The name is held by an earlier incarnation of this tenant that is being removed. */
export class PreviousGenerationError extends transient("PreviousGenerationError") {}

/** No subnet has room for a machine of this type. */
export class CapacityError extends transient("CapacityError") {}

/** The instance stopped or ended by itself while it was starting: a new one has to be launched. */
export class InstanceLostError extends transient("InstanceLostError") {}

export class MachineNotReadyError extends transient("MachineNotReadyError") {}

export class VolumeNotReadyError extends transient("VolumeNotReadyError") {}

/** The tenant is not served yet, and may still be; the reason says what its hostname answered last. */
export class NotServedYetError extends transient("NotServedYetError") {}

export class WorkflowRunningError extends transient("WorkflowRunningError") {}

/** A connector came back between dropping all connections and deleting the tunnel (Cloudflare's code 1022). */
export class TunnelBusyError extends transient("TunnelBusyError") {}

export class ResourceStillThereError extends transient("ResourceStillThereError") {}

// Doubtful: it may come once and be gone, and is tried again for minutes; one that lasts takes a change elsewhere.

/** 403, or code 10000: the token lacks a permission or is not valid for this account or zone, or Cloudflare erred. */
export class CloudflarePermissionError extends doubtful("CloudflarePermissionError") {}

// Permanent: only a change elsewhere makes the same step succeed.

/** The row is gone, is being deleted, or is of another generation: whoever changed it takes care of the rest. */
export class TenantSupersededError extends permanent("TenantSupersededError") {}

/** Any other 4xx of Cloudflare, with its status and the codes from the body's `errors`. */
export class CloudflareRejectedError extends permanent("CloudflareRejectedError") {
  readonly status: number;
  readonly codes: readonly number[];

  constructor(reason: string, { status, codes }: { status: number; codes: readonly number[] }) {
    super(reason);
    this.status = status;
    this.codes = codes;
  }
}

/** No subnet had room for a machine of any type for as long as the stage waits. */
export class NoCapacityError extends permanent("NoCapacityError") {}

/** There is no room for a second machine of a tenant's; there may be, once the first one has stopped. */
export class NoSecondRoomError extends permanent("NoSecondRoomError") {}

/** The tenant's hostname did not answer 200 in the time that its stage gives a machine. */
export class ProbeFailedError extends permanent("ProbeFailedError") {}

/** A secret that only its machine knows has no parameter any more. */
export class SecretLostError extends permanent("SecretLostError") {}

export class DnsRecordTakenError extends permanent("DnsRecordTakenError") {}

/** AWS refused for lack of permission; the reason names the action as far as AWS told. */
export class AwsDeniedError extends permanent("AwsDeniedError") {}

/** Any other refusal of AWS: a wrong parameter, a missing resource, a quota. */
export class AwsRejectedError extends permanent("AwsRejectedError") {}

/** A restart on the machine, by Run Command, failed or did not end in time. */
export class CommandFailedError extends permanent("CommandFailedError") {}

/** A replacement never begins with an empty volume where there was data. */
export class DataVolumeMissingError extends permanent("DataVolumeMissingError") {}

/** Every rung of a repair was tried, or none could be. */
export class RepairFailedError extends permanent("RepairFailedError") {}

/** For longer than the stage allows, no sweep could tell whether the tenant is served. */
export class TenantSilentError extends permanent("TenantSilentError") {}

/** A sweep could tell so little of the fleet that it would not have seen an outage; raised by its workflow. */
export class SweepBlindError extends permanent("SweepBlindError") {}

/** An execution was stopped or ran out of time, and could write nothing down; a sweep found its row. */
export class WorkflowLostError extends permanent("WorkflowLostError") {}

export class VolumeAttachedElsewhereError extends permanent("VolumeAttachedElsewhereError") {}

/** A task was given, or made, something that its schema does not allow: the definition and the code disagree. */
export class InvalidInputError extends permanent("InvalidInputError") {}

/** The function's environment does not fit its schema. */
export class InvalidEnvironmentError extends permanent("InvalidEnvironmentError") {}

const namesOf = (kind: Kind): readonly string[] =>
  [...kinds].filter(([, found]) => found === kind).map(([name]) => name);

/** What a workflow retries, besides Lambda's own transient errors. */
export const transientErrorNames = namesOf("transient");

/** Of Step Functions, Lambda and its runtime, and of what a workflow calls itself. */
const ofServices = /^(DynamoDB|Lambda|Runtime|Sandbox|States)\./;

/** Whether the same work may well succeed later, with nothing changed by anybody. */
export const passes = (errorName: string): boolean =>
  kinds.get(errorName) === "transient" || ofServices.test(errorName);

/** What a workflow retries before it counts. */
export const doubtfulErrorNames = namesOf("doubtful");

/** What a workflow must not retry. */
export const permanentErrorNames = namesOf("permanent");
