// What RunInstances needs to be allowed: the new machine with its volumes and interface, and all that it is made from.
import { launchParameters, runInstancesParameters } from "../actions/launch-parameters.ts";
import { type Clients, readImage, readProfile, readTemplate } from "../ministack/ministack-reads.ts";
import { type Parameters, parseParameters } from "../protocol/query.ts";
import { tagsFor } from "../world/tag-rules.ts";
import { arnOf, context, type Home, type Need, passRole, requestTags, tagNeeds } from "./needs.ts";

export const launchNeeds = async (clients: Clients, home: Home, parameters: Parameters): Promise<Need[]> => {
  const request = parseParameters(runInstancesParameters, parameters);
  const template = request.LaunchTemplate && (await readTemplate(clients, request.LaunchTemplate));
  const launch = launchParameters(request, template?.LaunchTemplateData ?? {});
  const templateArn = template && arnOf(home, "launch-template", template.LaunchTemplateId ?? "");
  const about = context({ "ec2:LaunchTemplate": templateArn });
  const on = (resource: string, more = context({})): Need => ({
    action: "ec2:RunInstances",
    resource,
    context: { ...about, ...more },
  });
  const interfaceOnly = context({ "ec2:AssociatePublicIpAddress": launch.publicAddress?.toString() });
  const onNew = (type: string): Need =>
    on(arnOf(home, type, "*"), {
      ...requestTags(tagsFor(type, launch.tagSpecifications)),
      ...(type === "network-interface" ? interfaceOnly : {}),
    });
  const image = await readImage(clients, launch.image);
  const profile = launch.profile === undefined ? undefined : await readProfile(clients, launch.profile);
  return [
    ...["instance", "volume", "network-interface"].map(onNew),
    on(arnOf(home, "subnet", launch.subnetId)),
    on(arnOf(home, "image", image.ImageId)),
    ...launch.groupIds.map((id) => on(arnOf(home, "security-group", id))),
    ...(templateArn ? [on(templateArn)] : []),
    ...tagNeeds(home, "RunInstances", launch.tagSpecifications),
    ...(profile ? [passRole(profile.roleArn)] : []),
  ];
};
