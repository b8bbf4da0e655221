// What RunInstances needs to be allowed: the new machine with its volumes and interface, and all that it is made from.
import { launchParameters, runInstancesParameters } from "../launch-parameters.ts";
import { type Clients, readImage, readProfile, readTemplate } from "../ministack-reads.ts";
import { type Parameters, parseParameters } from "../protocol/query.ts";
import { tagsFor } from "../tag-rules.ts";
import { arnOf, context, type Home, requestTags, tagNeeds } from "./needs.ts";
import type { Need } from "./policy.ts";

/** The role that the machine gets must be passed to EC2. */
const passRole = (roleArn: string): Need => ({
  action: "iam:PassRole",
  resource: roleArn,
  context: context({ "iam:PassedToService": "ec2.amazonaws.com" }),
});

export async function launchNeeds(clients: Clients, home: Home, parameters: Parameters): Promise<Need[]> {
  const request = parseParameters(runInstancesParameters, parameters);
  const template = request.LaunchTemplate && (await readTemplate(clients, request.LaunchTemplate));
  const launch = launchParameters(request, template?.LaunchTemplateData ?? {});
  const templateArn = template && arnOf(home, "launch-template", template.LaunchTemplateId ?? "");
  const about = context({
    "ec2:LaunchTemplate": templateArn,
    "ec2:AssociatePublicIpAddress": launch.publicAddress?.toString(),
  });
  const on = (resource: string, more = context({})): Need => ({
    action: "ec2:RunInstances",
    resource,
    context: new Map([...about, ...more]),
  });
  const image = await readImage(clients, launch.image);
  const profile = launch.profile === undefined ? undefined : await readProfile(clients, launch.profile);
  return [
    ...["instance", "volume", "network-interface"].map((type) =>
      on(arnOf(home, type, "*"), requestTags(tagsFor(type, launch.tagSpecifications))),
    ),
    on(arnOf(home, "subnet", launch.subnetId)),
    on(arnOf(home, "image", image.ImageId)),
    ...launch.groupIds.map((id) => on(arnOf(home, "security-group", id))),
    ...(templateArn ? [on(templateArn)] : []),
    ...tagNeeds(home, "RunInstances", launch.tagSpecifications),
    ...(profile ? [passRole(profile.roleArn)] : []),
  ];
}
