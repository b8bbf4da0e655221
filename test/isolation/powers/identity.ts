// Who may become whom, and who may change what everybody may.
import * as about from "../requests.ts";
import { allTasks, launch, may, nobody, type Power } from "./power.ts";

export const identity: Record<string, Power> = {
  "give instances the machines' role": may(launch, about.passRole("machine", "ec2")),
  "give a Lambda the machines' role": may(nobody, about.passRole("machine", "lambda")),
  "give instances another role": may(nobody, about.passRole("verify-removal", "ec2")),
  "become the admin-token reader": may(nobody, about.role("sts:AssumeRole", "admin-token-reader")),
  "become a machine": may(nobody, about.role("sts:AssumeRole", "machine")),
  "become another task": may(nobody, about.role("sts:AssumeRole", "grant-secrets")),
  "let others into the admin-token reader": may(
    nobody,
    about.role("iam:UpdateAssumeRolePolicy", "admin-token-reader"),
  ),
  "widen a role": may(nobody, about.role("iam:PutRolePolicy", "machine")),
  "attach a policy to a role": may(nobody, about.role("iam:AttachRolePolicy", "machine")),
  "make a user": may(nobody, about.iam("iam:CreateUser", "user/mallory")),
  "make an access key": may(nobody, about.iam("iam:CreateAccessKey", "user/mallory")),
  "delete a log group": may(nobody, about.log("DeleteLogGroup", "create-tunnel")),
  "read a task's log": may(nobody, about.log("FilterLogEvents", "create-tunnel")),
  // CDK's helper empties the VPC's default security group; AWS's own policy for Lambdas lets it write to any log.
  ...Object.fromEntries(
    [...allTasks, "api", "dispatch-change"].map((task) => [
      `write into ${task}'s log`,
      may([task, "CDK's helper"], about.logStream(task)),
    ]),
  ),
  "delete the stage's stacks": may(nobody, about.named("cloudformation:DeleteStack", "stack/any/id")),
  "read a bucket": may(nobody, { action: "s3:GetObject", resource: "arn:aws:s3:::any/object" }),
};
