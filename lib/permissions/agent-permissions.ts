// What the SSM agent needs on a machine of ours, instead of AmazonSSMManagedInstanceCore, which would let every machine
// read every parameter.
import { arn } from "../arn.ts";
import type { Permission } from "./permission.ts";

export const agentPermissions = (): Permission[] => [
  {
    actions: ["ssm:UpdateInstanceInformation"],
    resources: [arn("ec2", "instance/*")],
    whyMany: "Machines share this role, and come and go.",
  },
  {
    actions: [
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
      "ec2messages:AcknowledgeMessage",
      "ec2messages:DeleteMessage",
      "ec2messages:FailMessage",
      "ec2messages:GetEndpoint",
      "ec2messages:GetMessages",
      "ec2messages:SendReply",
    ],
    resources: ["*"],
    whyMany: "The SSM agent's channels know no resources.",
  },
];
