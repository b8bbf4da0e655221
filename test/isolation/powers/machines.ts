// Who may do what with machines, volumes and snapshots.
import * as about from "../requests.ts";
import { launch, may, nobody, type Power } from "./power.ts";

const attaches = ["create-data-volume", "move-data-volume"];
const snapshots = ["delete-data-volume", "snapshot-data-volume", "daily-snapshots"];
export const machines: Record<string, Power> = {
  "list instances": may(
    [
      "launch-instance",
      "create-data-volume",
      "delete-instance",
      "verify-removal",
      ...["survey-fleet", "diagnose-tenant", "start-instance", "reboot-instance", "stop-instance"],
      ...["move-data-volume", "retire-instance"],
      "image-pipeline",
      "protect-images",
    ],
    about.everything("ec2:DescribeInstances"),
  ),
  "see instances' status checks": may(
    ["survey-fleet", "diagnose-tenant", "image-pipeline"],
    about.everything("ec2:DescribeInstanceStatus"),
  ),
  "list volumes": may(
    [
      ...["launch-instance", "create-data-volume", "delete-data-volume", "verify-removal"],
      ...["snapshot-data-volume", "move-data-volume", "retire-instance", "daily-snapshots"],
    ],
    about.everything("ec2:DescribeVolumes"),
  ),
  "list snapshots": may(
    [...snapshots, "verify-removal", "image-pipeline"],
    about.everything("ec2:DescribeSnapshots"),
  ),
  "list VPCs": may(nobody, about.everything("ec2:DescribeVpcs")),
  "launch a tenant's instance by the stage's template": may(launch, about.launch("instance")),
  "launch a tenant's volume with it": may(launch, about.launch("volume")),
  "launch it with an interface without a public address": may(
    [...launch, "image-pipeline"],
    about.launch("network-interface", { publicAddress: "false" }),
  ),
  "launch it with a public address": may(
    nobody,
    about.launch("network-interface", { publicAddress: "true" }),
  ),
  "launch from an image that the template names": may(
    [...launch, "image-pipeline"],
    about.launchFromImage(about.ourTemplate),
  ),
  "launch from an image without the template": may(["image-pipeline"], about.launchFromImage()),
  "launch into the stage's subnet": may([...launch, "image-pipeline"], about.launchWith(about.ourSubnet)),
  "launch into another subnet": may(nobody, about.launchWith("subnet/subnet-0ffffffffffffffff")),
  "launch with the tenants' security group": may(launch, about.launchWith(about.ourSecurityGroup)),
  "launch with another security group": may(nobody, about.launchWith("security-group/sg-0ffffffffffffffff")),
  "launch with a key pair": may(nobody, about.launchWith("key-pair/somebody")),
  "launch by the stage's template": may(launch, about.launchWith(about.ourTemplateResource)),
  "launch by another template": may(nobody, about.launch("instance", { template: about.otherTemplate })),
  "launch without a template": may(nobody, about.launch("instance", { template: "" })),
  "launch another stage's instance": may(nobody, about.launch("instance", { stage: "staging" })),
  "launch an instance that is no tenant's": may(nobody, about.launch("instance", { slug: "" })),
  "tag what it launches": may(launch, about.tagNew("instance", "RunInstances")),
  "tag a volume that it creates": may(["create-data-volume"], about.tagNew("volume", "CreateVolume")),
  "tag a snapshot that it makes": may(snapshots, about.tagNew("snapshot", "CreateSnapshot")),
  "tag an instance that exists": may(nobody, about.tagExisting("instance")),
  "tag a volume that exists": may(nobody, about.tagExisting("volume")),
  // Which tags Data Lifecycle Manager writes in which call is not documented; it can so mark snapshots, nothing else.
  "tag a snapshot that exists": may(["daily-snapshots"], about.tagExisting("snapshot")),
  "terminate a tenant's instance": may(
    ["delete-instance", "retire-instance"],
    about.on("TerminateInstances", "instance"),
  ),
  "terminate another stage's instance": may(nobody, about.on("TerminateInstances", "instance", "staging")),
  "terminate the stage's NAT instance": may(
    nobody,
    about.on("TerminateInstances", "instance", "production", ""),
  ),
  ...Object.fromEntries(
    (["Start", "Stop", "Reboot"] as const).flatMap((change) => {
      const [verb, action] = [change.toLowerCase(), `${change}Instances`];
      return [
        [`${verb} a tenant's instance`, may([`${verb}-instance`], about.on(action, "instance"))],
        [`${verb} another stage's instance`, may(nobody, about.on(action, "instance", "staging"))],
        [`${verb} the stage's NAT instance`, may(nobody, about.on(action, "instance", "production", ""))],
      ];
    }),
  ),
  "change a tenant's instance": may(nobody, about.on("ModifyInstanceAttribute", "instance")),
  "weaken an instance's metadata service": may(nobody, about.on("ModifyInstanceMetadataOptions", "instance")),
  "give an instance another role": may(nobody, about.on("AssociateIamInstanceProfile", "instance")),
  "read an instance's console": may(nobody, about.on("GetConsoleOutput", "instance")),
  "create a tenant's volume": may(["create-data-volume"], about.create("CreateVolume", "volume")),
  "create another stage's volume": may(nobody, about.create("CreateVolume", "volume", "staging")),
  "attach a tenant's volume": may(attaches, about.on("AttachVolume", "volume")),
  "attach to a tenant's instance": may(attaches, about.on("AttachVolume", "instance")),
  "attach another stage's volume": may(nobody, about.on("AttachVolume", "volume", "staging")),
  "attach to another stage's instance": may(nobody, about.on("AttachVolume", "instance", "staging")),
  "detach a tenant's volume": may(["move-data-volume"], about.on("DetachVolume", "volume")),
  "detach from a tenant's instance": may(["move-data-volume"], about.on("DetachVolume", "instance")),
  "detach another stage's volume": may(nobody, about.on("DetachVolume", "volume", "staging")),
  "detach a volume that is no tenant's": may(nobody, about.on("DetachVolume", "volume", "production", "")),
  "delete a tenant's volume": may(["delete-data-volume"], about.on("DeleteVolume", "volume")),
  "delete another stage's volume": may(nobody, about.on("DeleteVolume", "volume", "staging")),
  "delete a volume that is no tenant's": may(nobody, about.on("DeleteVolume", "volume", "production", "")),
  "copy a tenant's volume": may(snapshots, about.on("CreateSnapshot", "volume")),
  "copy another stage's volume": may(nobody, about.on("CreateSnapshot", "volume", "staging")),
  "copy a volume that is no tenant's": may(nobody, about.on("CreateSnapshot", "volume", "production", "")),
  "make a tenant's snapshot": may(snapshots, about.create("CreateSnapshot", "snapshot")),
  // The volume, of which the case above must be allowed as well, decides whose data it is.
  "mark a new snapshot as another stage's": may(
    ["daily-snapshots"],
    about.create("CreateSnapshot", "snapshot", "staging"),
  ),
  "give a snapshot away": may(nobody, about.on("ModifySnapshotAttribute", "snapshot")),
  "delete a tenant's snapshot": may(
    ["delete-data-volume", "daily-snapshots"],
    about.on("DeleteSnapshot", "snapshot"),
  ),
  "delete another stage's snapshot": may(nobody, about.on("DeleteSnapshot", "snapshot", "staging")),
  "delete a snapshot that is no tenant's": may(
    nobody,
    about.on("DeleteSnapshot", "snapshot", "production", ""),
  ),
  "open the tenants' security group": may(
    nobody,
    about.named("ec2:AuthorizeSecurityGroupIngress", about.ourSecurityGroup, "ec2"),
  ),
  "change the launch template": may(
    nobody,
    about.named("ec2:CreateLaunchTemplateVersion", about.ourTemplateResource, "ec2"),
  ),
};
