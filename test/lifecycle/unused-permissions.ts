// Permissions that the local stage cannot use or a test's lives do not, each with the reason why it is there all the
// same. One that is neither used nor explained here fails the test, and so does an explanation that explains nothing.
import type { Explanation } from "../support/explained.ts";

export const explanations: readonly Explanation[] = [
  {
    actions: /^ssm:GetParameter$/,
    roles: [
      ...["create-tunnel", "create-dns-record", "delete-dns-record", "delete-tunnel", "verify-removal"],
      "survey-fleet",
    ],
    reason: "The API token is remembered for five minutes by a Lambda that an earlier test warmed up.",
    sometimes: true,
  },
  {
    actions: /^kms:/,
    reason: "AWS's services ask KMS in the caller's name; MiniStack's keep no ciphertext and ask nobody.",
  },
  {
    actions: /^logs:(CreateLogStream|PutLogEvents)$/,
    reason: "Lambda writes a function's log with the function's role; MiniStack writes it itself.",
  },
  {
    actions: /^xray:/,
    reason: "Traces are sent by Lambda and Step Functions themselves, and the local stage has none.",
  },
  {
    roles: ["provision-tenant", "deprovision-tenant", "repair-tenant", "health-sweep"],
    actions: /^logs:/,
    reason:
      "AWS sets up the delivery of a workflow's log with these (Step Functions Developer Guide, Logging).",
  },
  {
    roles: ["provision-tenant"],
    actions: /^(events:(PutRule|PutTargets|DescribeRule)|states:(DescribeExecution|StopExecution))$/,
    reason: "How Step Functions waits for, and stops, the removal that a failed provision starts.",
  },
  {
    roles: ["provision-tenant"],
    actions: /^dynamodb:GetItem$/,
    reason: "Only for a provision that is superseded, which looks whether anybody is left to clean up.",
    sometimes: true,
  },
  {
    roles: ["delete-instance"],
    actions: /^ec2:CreateTags$/,
    reason: "Only for a machine whose tags are gone when it is removed: delete-instance.test.ts.",
  },
  {
    roles: ["correct-machine"],
    actions: /^ec2:ReplaceIamInstanceProfileAssociation$/,
    reason: "Only for a machine with another instance profile: local/ec2/instance-access.test.ts.",
  },
  {
    roles: ["await-running-workflows"],
    actions: /^states:StopExecution$/,
    reason: "Only for a provision or a repair that does not end soon after its row has changed.",
  },
  {
    roles: ["dispatch-change"],
    actions: /^dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$/,
    reason: "Lambda reads the stream with the function's role; MiniStack reads it itself.",
  },
  {
    roles: ["dispatch-change"],
    actions: /^sqs:/,
    reason: "Only for a change that cannot be dispatched after all retries.",
  },
  {
    roles: ["resume-work"],
    actions: /^dynamodb:(GetItem|BatchGetItem|PutItem|Query)$/,
    reason: "Only where a row waits for its turn while a sweep looks, or for a provision that was cut off.",
    sometimes: true,
  },
  {
    roles: ["resume-work"],
    actions: /^states:StopExecution$/,
    reason: "Only for an execution that takes longer than its workflow may, which are hours.",
  },
  {
    roles: ["sweep-schedule"],
    actions: /^states:StartExecution$/,
    reason: "EventBridge Scheduler starts a sweep with this role; these tests pause the schedule.",
  },
  {
    roles: ["sweep-schedule"],
    actions: /^sqs:SendMessage$/,
    reason: "Only for a sweep that cannot be started.",
  },
  {
    roles: ["daily-snapshots"],
    actions: /^ec2:(CreateSnapshot|CreateTags|DeleteSnapshot|DescribeSnapshots|DescribeVolumes)$/,
    reason: "Data Lifecycle Manager's, which the local stage does not have.",
  },
  {
    roles: ["delete-data-volume"],
    actions: /^ec2:(CreateSnapshot|CreateTags|DescribeSnapshots)$/,
    reason: "Only where the stage's retention is a snapshot, which the local stage's is not.",
  },
  {
    roles: ["machine"],
    actions: /^(ssmmessages:|ec2messages:|ssm:UpdateInstanceInformation$)/,
    reason: "The SSM agent's, which does not run on local machines.",
  },
  {
    roles: ["machine"],
    actions: /^cloudwatch:PutMetricData$/,
    reason: "The CloudWatch agent's, which does not run on local machines either.",
  },
];
