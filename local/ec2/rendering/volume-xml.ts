// Volumes and snapshots as EC2's answers show them.
import { type Answer, items } from "../protocol/xml.ts";
import type { Snapshot, Volume } from "../world/model.ts";
import { tagSet } from "./tag-xml.ts";

/** @param status of the attachment, such as `attaching` in the answer to the call that makes it */
export const attachmentXml = ({ volumeId, attachment }: Volume, status: string): Answer => {
  return {
    volumeId,
    instanceId: attachment?.instanceId,
    device: attachment?.device,
    status,
    attachTime: attachment?.attachedAt,
    deleteOnTermination: attachment?.deleteOnTermination,
  };
};

export const volumeXml = (volume: Volume): Answer => ({
  volumeId: volume.volumeId,
  size: volume.sizeGiB,
  snapshotId: volume.snapshotId ?? "",
  availabilityZone: volume.zone,
  status: volume.state,
  createTime: volume.createdAt,
  attachmentSet: items(volume.attachment ? [attachmentXml(volume, "attached")] : []),
  tagSet: tagSet(volume.tags),
  volumeType: volume.volumeType,
  iops: volume.iops,
  throughput: volume.throughput,
  encrypted: volume.encrypted,
  kmsKeyId: volume.kmsKeyId,
  multiAttachEnabled: false,
});

export const snapshotXml = (snapshot: Snapshot, accountId: string): Answer => ({
  snapshotId: snapshot.snapshotId,
  volumeId: snapshot.volumeId,
  status: snapshot.state,
  startTime: snapshot.startedAt,
  progress: snapshot.state === "completed" ? "100%" : "0%",
  ownerId: accountId,
  volumeSize: snapshot.sizeGiB,
  description: snapshot.description,
  encrypted: snapshot.encrypted,
  kmsKeyId: snapshot.kmsKeyId,
  tagSet: tagSet(snapshot.tags),
});
