// Who may become whom, and who may change what everybody may.
import * as about from "../requests.ts";
import { allTasks, launch, nobody, only, type Power } from "./power.ts";

export const identity: Record<string, Power> = {
  "give instances the machines' role": only([...launch, "correct-machine"], about.passRole("machine", "ec2")),
  "give a Lambda the machines' role": only(nobody, about.passRole("machine", "lambda")),
  "give instances another role": only(nobody, about.passRole("verify-removal", "ec2")),
  "become the admin-token reader": only(nobody, about.role("sts:AssumeRole", "admin-token-reader")),
  "become a machine": only(nobody, about.role("sts:AssumeRole", "machine")),
  "become another task": only(nobody, about.role("sts:AssumeRole", "grant-secrets")),
  "let others into the admin-token reader": only(
    nobody,
    about.role("iam:UpdateAssumeRolePolicy", "admin-token-reader"),
  ),
  "widen a role": only(nobody, about.role("iam:PutRolePolicy", "machine")),
  "attach a policy to a role": only(nobody, about.role("iam:AttachRolePolicy", "machine")),
  "make a user": only(nobody, about.iam("iam:CreateUser", "user/mallory")),
  "make an access key": only(nobody, about.iam("iam:CreateAccessKey", "user/mallory")),
  "delete a log group": only(nobody, about.log("DeleteLogGroup", "create-tunnel")),
  "read a task's log": only(nobody, about.log("FilterLogEvents", "create-tunnel")),
  // CDK's helper empties the VPC's default security group; AWS's own policy for Lambdas lets it write to any log.
  ...Object.fromEntries(
    [...allTasks, "api", "dispatch-change"].map((task) => [
      `write into ${task}'s log`,
      only([task, "CDK's helper"], about.logStream(task)),
    ]),
  ),
  "delete the stage's stacks": only(nobody, about.named("cloudformation:DeleteStack", "stack/any/id")),
  "read a bucket": only(nobody, { action: "s3:GetObject", resource: "arn:aws:s3:::any/object" }),
};
