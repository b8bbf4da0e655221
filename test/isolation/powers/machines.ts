// Who may do what with machines, volumes and snapshots.
import * as about from "../requests.ts";
import { launch, nobody, only, type Power } from "./power.ts";

const attaches = ["create-data-volume", "move-data-volume", "correct-machine"];
const snapshots = ["delete-data-volume", "snapshot-data-volume", "daily-snapshots"];
export const machines: Record<string, Power> = {
  "list instances": only(
    [
      "launch-instance",
      "create-data-volume",
      "delete-instance",
      "verify-removal",
      ...["survey-fleet", "diagnose-tenant", "start-instance", "reboot-instance", "stop-instance"],
      ...["move-data-volume", "retire-instance", "correct-machine"],
      "image-pipeline",
      "protect-images",
    ],
    about.everything("ec2:DescribeInstances"),
  ),
  "see instances' status checks": only(
    ["survey-fleet", "diagnose-tenant", "image-pipeline"],
    about.everything("ec2:DescribeInstanceStatus"),
  ),
  "list volumes": only(
    [
      ...["launch-instance", "create-data-volume", "delete-data-volume", "verify-removal"],
      ...["snapshot-data-volume", "move-data-volume", "retire-instance", "daily-snapshots"],
      "correct-machine",
    ],
    about.everything("ec2:DescribeVolumes"),
  ),
  "list snapshots": only(
    [...snapshots, "verify-removal", "image-pipeline"],
    about.everything("ec2:DescribeSnapshots"),
  ),
  "list VPCs": only(nobody, about.everything("ec2:DescribeVpcs")),
  "launch a tenant's instance by the stage's template": only(launch, about.launch("instance")),
  "launch a tenant's volume with it": only(launch, about.launch("volume")),
  "launch it with an interface without a public address": only(
    [...launch, "image-pipeline"],
    about.launch("network-interface", { publicAddress: "false" }),
  ),
  "launch it with a public address": only(
    nobody,
    about.launch("network-interface", { publicAddress: "true" }),
  ),
  "launch from an image that the template names": only(
    [...launch, "image-pipeline"],
    about.launchFromImage(about.ourTemplate),
  ),
  "launch from an image without the template": only(["image-pipeline"], about.launchFromImage()),
  "launch into the stage's subnet": only([...launch, "image-pipeline"], about.launchWith(about.ourSubnet)),
  "launch into another subnet": only(nobody, about.launchWith("subnet/subnet-0ffffffffffffffff")),
  "launch with the tenants' security group": only(launch, about.launchWith(about.ourSecurityGroup)),
  "launch with another security group": only(nobody, about.launchWith("security-group/sg-0ffffffffffffffff")),
  "launch with a key pair": only(nobody, about.launchWith("key-pair/somebody")),
  "launch by the stage's template": only(launch, about.launchWith(about.ourTemplateResource)),
  "launch by another template": only(nobody, about.launch("instance", { template: about.otherTemplate })),
  "launch without a template": only(nobody, about.launch("instance", { template: "" })),
  "launch another stage's instance": only(nobody, about.launch("instance", { stage: "staging" })),
  "launch an instance that is no tenant's": only(nobody, about.launch("instance", { slug: "" })),
  "tag what it launches": only(launch, about.tagNew("instance", "RunInstances")),
  "tag a volume that it creates": only(["create-data-volume"], about.tagNew("volume", "CreateVolume")),
  "tag a snapshot that it makes": only(snapshots, about.tagNew("snapshot", "CreateSnapshot")),
  "tag an instance that exists": only(nobody, about.tagExisting("instance")),
  "put the tags back on an instance with the tenants' profile": only(
    ["correct-machine", "delete-instance"],
    about.retag(about.ourProfile),
  ),
  "tag an instance with another profile": only(nobody, about.retag(about.otherProfile)),
  "mark an instance of ours as another stage's": only(nobody, about.retag(about.ourProfile, "staging")),
  "tag a volume that exists": only(nobody, about.tagExisting("volume")),
  // Which tags Data Lifecycle Manager writes in which call is not documented; it can so mark snapshots, nothing else.
  "tag a snapshot that exists": only(["daily-snapshots"], about.tagExisting("snapshot")),
  "terminate a tenant's instance": only(
    ["delete-instance", "retire-instance"],
    about.on("TerminateInstances", "instance"),
  ),
  "terminate another stage's instance": only(nobody, about.on("TerminateInstances", "instance", "staging")),
  "terminate the stage's NAT instance": only(
    nobody,
    about.on("TerminateInstances", "instance", "production", ""),
  ),
  ...Object.fromEntries(
    (["Start", "Stop", "Reboot"] as const).flatMap((change) => {
      const [verb, action] = [change.toLowerCase(), `${change}Instances`];
      return [
        [`${verb} a tenant's instance`, only([`${verb}-instance`], about.on(action, "instance"))],
        [`${verb} another stage's instance`, only(nobody, about.on(action, "instance", "staging"))],
        [`${verb} the stage's NAT instance`, only(nobody, about.on(action, "instance", "production", ""))],
      ];
    }),
  ),
  "change a tenant's instance": only(nobody, about.on("ModifyInstanceAttribute", "instance")),
  "weaken an instance's metadata service": only(
    nobody,
    about.on("ModifyInstanceMetadataOptions", "instance"),
  ),
  "list instances' profiles": only(
    ["correct-machine"],
    about.everything("ec2:DescribeIamInstanceProfileAssociations"),
  ),
  ...Object.fromEntries(
    (["AssociateIamInstanceProfile", "ReplaceIamInstanceProfileAssociation"] as const).flatMap((action) => {
      const by = `by ${action}`;
      return [
        [
          `give an instance its profile ${by}`,
          only(["correct-machine"], about.withProfile(action, about.ourProfile)),
        ],
        [
          `give an instance another profile ${by}`,
          only(nobody, about.withProfile(action, about.otherProfile)),
        ],
        [
          `give another stage's instance our profile ${by}`,
          only(nobody, about.withProfile(action, about.ourProfile, "staging")),
        ],
      ];
    }),
  ),
  "take an instance's profile": only(nobody, about.on("DisassociateIamInstanceProfile", "instance")),
  "change a tenant's interface": only(
    ["correct-machine"],
    about.on("ModifyNetworkInterfaceAttribute", "network-interface"),
  ),
  "change another stage's interface": only(
    nobody,
    about.on("ModifyNetworkInterfaceAttribute", "network-interface", "staging"),
  ),
  "put an interface into the tenants' security group": only(
    ["correct-machine"],
    about.named("ec2:ModifyNetworkInterfaceAttribute", about.ourSecurityGroup, "ec2"),
  ),
  "put an interface into another security group": only(
    nobody,
    about.named("ec2:ModifyNetworkInterfaceAttribute", "security-group/sg-0ffffffffffffffff", "ec2"),
  ),
  "read an instance's console": only(["read-console"], about.on("GetConsoleOutput", "instance")),
  "create a tenant's volume": only(["create-data-volume"], about.create("CreateVolume", "volume")),
  "create another stage's volume": only(nobody, about.create("CreateVolume", "volume", "staging")),
  "attach a tenant's volume": only(attaches, about.on("AttachVolume", "volume")),
  "attach to a tenant's instance": only(attaches, about.on("AttachVolume", "instance")),
  "attach another stage's volume": only(nobody, about.on("AttachVolume", "volume", "staging")),
  "attach to another stage's instance": only(nobody, about.on("AttachVolume", "instance", "staging")),
  "detach a tenant's volume": only(["move-data-volume"], about.on("DetachVolume", "volume")),
  "detach from a tenant's instance": only(["move-data-volume"], about.on("DetachVolume", "instance")),
  "detach another stage's volume": only(nobody, about.on("DetachVolume", "volume", "staging")),
  "detach a volume that is no tenant's": only(nobody, about.on("DetachVolume", "volume", "production", "")),
  "delete a tenant's volume": only(["delete-data-volume"], about.on("DeleteVolume", "volume")),
  "delete another stage's volume": only(nobody, about.on("DeleteVolume", "volume", "staging")),
  "delete a volume that is no tenant's": only(nobody, about.on("DeleteVolume", "volume", "production", "")),
  "copy a tenant's volume": only(snapshots, about.on("CreateSnapshot", "volume")),
  "copy another stage's volume": only(nobody, about.on("CreateSnapshot", "volume", "staging")),
  "copy a volume that is no tenant's": only(nobody, about.on("CreateSnapshot", "volume", "production", "")),
  "make a tenant's snapshot": only(snapshots, about.create("CreateSnapshot", "snapshot")),
  // The volume, of which the case above must be allowed as well, decides whose data it is.
  "mark a new snapshot as another stage's": only(
    ["daily-snapshots"],
    about.create("CreateSnapshot", "snapshot", "staging"),
  ),
  "give a snapshot away": only(nobody, about.on("ModifySnapshotAttribute", "snapshot")),
  "delete a tenant's snapshot": only(
    ["delete-data-volume", "daily-snapshots"],
    about.on("DeleteSnapshot", "snapshot"),
  ),
  "delete another stage's snapshot": only(nobody, about.on("DeleteSnapshot", "snapshot", "staging")),
  "delete a snapshot that is no tenant's": only(
    nobody,
    about.on("DeleteSnapshot", "snapshot", "production", ""),
  ),
  "open the tenants' security group": only(
    nobody,
    about.named("ec2:AuthorizeSecurityGroupIngress", about.ourSecurityGroup, "ec2"),
  ),
  "change the launch template": only(
    nobody,
    about.named("ec2:CreateLaunchTemplateVersion", about.ourTemplateResource, "ec2"),
  ),
};
