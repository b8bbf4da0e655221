// Actions that roles have and no power shows, each with the reason why. One that is neither fails the test, and so does
// a reason that no action needs.
import type { Explanation } from "../support/explained.ts";

const workflows = ["provision-tenant", "deprovision-tenant", "health-sweep", "repair-tenant"];

export const otherActions: readonly Explanation[] = [
  { actions: /^logs:CreateLogStream$/, reason: "Goes with writing into a log, which is a power of each." },
  {
    actions: /^xray:(PutTelemetryRecords|PutTraceSegments)$/,
    reason: "Traces are nobody's: X-Ray knows no resources.",
  },
  { actions: /^kms:DescribeKey$/, reason: "CDK's grants have it; it shows the key's settings, not the key." },
  {
    roles: workflows,
    actions: /^(logs:|xray:GetSampling)/,
    reason:
      "How AWS sets up a workflow's log and traces (Step Functions Developer Guide); no resources known.",
  },
  {
    roles: ["dispatch-change"],
    actions: /^(dynamodb:(DescribeStream|ListStreams)|sqs:(GetQueueAttributes|GetQueueUrl))$/,
    reason: "Names and sizes of what it reads and where it puts aside, which are powers.",
  },
  {
    roles: ["machine", "image-builder"],
    actions: /^ec2messages:/,
    reason: "The SSM agent's, about messages to itself; fetching and answering them are powers.",
  },
  {
    roles: ["image-builder"],
    actions: /^(imagebuilder:GetComponent|s3:GetObject|logs:PutLogEvents)$/,
    reason: "What an image is made of, and the log of its making; by name, which image.test.ts holds.",
  },
  {
    roles: ["image-pipeline"],
    actions:
      /^ec2:((Create|Copy|Register|Deregister)Image|(Start|Stop|Terminate)Instances|CreateTags|Modify(Image|Snapshot)Attribute)$/,
    reason: "On what carries Image Builder's own tag, or is no tenant's: images and their snapshots.",
  },
  {
    roles: ["image-pipeline"],
    actions:
      /^(ec2:Describe\w+|ssm:(DescribeInstanceInformation|ListCommandInvocations|SendCommand)|iam:PassRole|logs:PutLogEvents)$/,
    reason: "How Image Builder drives its own machine, which gets the builder's role and no other.",
  },
  {
    roles: ["image-lifecycle"],
    actions: /^(ec2:(DeregisterImage|DeleteSnapshot|Describe\w+)|imagebuilder:DeleteImage|tag:GetResources)$/,
    reason: "What clears old images of the stage away, and never one that is kept.",
  },
  {
    roles: ["protect-images"],
    actions: /^(ec2:(CreateTags|DeleteTags|Describe\w+)|ssm:GetParameter|logs:PutLogEvents)$/,
    reason: "What marks images in use as kept: one tag, and the one parameter that names the newest image.",
  },
  {
    roles: ["CDK's helper", "flow-logs"],
    actions: /^(ec2:(Authorize|Revoke)SecurityGroup(In|E)gress|logs:)/,
    reason: "CDK's own, for the VPC: it empties the default security group, and VPC Flow Logs write.",
  },
];
