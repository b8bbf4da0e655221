// What EC2 remembers of instances, volumes and snapshots: the records behind every answer.

/** EC2's codes: the low byte of the state as the API answers it. */
export const instanceStateCodes = {
  pending: 0,
  running: 16,
  "shutting-down": 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
} as const;
export type InstanceState = keyof typeof instanceStateCodes;

export type Tags = Map<string, string>;

export interface MetadataOptions {
  httpTokens: "required" | "optional";
  httpEndpoint: "enabled" | "disabled";
  httpPutResponseHopLimit: number;
  instanceMetadataTags: "enabled" | "disabled";
}

export interface StateReason {
  code: string;
  message: string;
}

export interface InstanceProfile {
  arn: string;
  id: string;
  roleName: string;
  roleArn: string;
}

/** AWS's side of an instance (host, network, power), and the instance's own (kernel, memory, file system). */
export type StatusCheck = "system" | "instance";

/**
 * What an eventually consistent answer lacks: the instance in listings; the instance even when asked for by its id; or its
 * tags, so that filters by tag lack it too.
 */
export type ShownAs = "not-listed" | "unknown" | "without-tags";

export interface Instance {
  instanceId: string;
  reservationId: string;
  /** the AWS account's id */
  ownerId: string;
  launchIndex: number;
  imageId: string;
  instanceType: string;
  architecture: string;
  state: InstanceState;
  stateReason?: StateReason;
  /** Such as `User initiated (2026-11-02 10:00:00 GMT)`. */
  transitionReason: string;
  launchTime: Date;
  subnetId: string;
  vpcId: string;
  zone: string;
  privateIp: string;
  publicIp?: string;
  networkInterfaceId: string;
  interfaceTags: Tags;
  groups: { id: string; name: string }[];
  profile?: InstanceProfile;
  rootDevice: string;
  metadata: MetadataOptions;
  clientToken?: string;
  shutdownBehaviour: "stop" | "terminate";
  disableApiTermination: boolean;
  monitoring: boolean;
  ebsOptimized: boolean;
  tags: Tags;
  terminatedAt?: Date;
  /** status checks that fail, with the time since when */
  impairments?: Map<StatusCheck, Date>;
  /** how EC2 shows it, when that differs from what is */
  shownAs?: ShownAs;
}

interface Attachment {
  instanceId: string;
  device: string;
  deleteOnTermination: boolean;
  attachedAt: Date;
}

export interface Volume {
  volumeId: string;
  state: "creating" | "available" | "in-use" | "deleting";
  zone: string;
  sizeGiB: number;
  volumeType: string;
  iops?: number;
  throughput?: number;
  encrypted: boolean;
  kmsKeyId?: string;
  snapshotId?: string;
  createdAt: Date;
  attachment?: Attachment;
  tags: Tags;
}

export interface Snapshot {
  snapshotId: string;
  volumeId: string;
  state: "pending" | "completed";
  sizeGiB: number;
  encrypted: boolean;
  kmsKeyId?: string;
  description: string;
  startedAt: Date;
  tags: Tags;
}
