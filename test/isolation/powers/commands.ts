// Who may do what on machines.
import * as about from "../requests.ts";
import { nobody, only, type Power } from "./power.ts";

const restarts = ["restart-unit"];

export const commands: Record<string, Power> = {
  "run a command on an instance": only(nobody, about.instance("ssm:SendCommand")),
  "run a command on a tenant's instance": only(restarts, about.command()),
  "run a command on another stage's instance": only(nobody, about.command("staging")),
  "run a command on the stage's NAT instance": only(nobody, about.command("production", "")),
  "run the restart document": only(restarts, about.document("SendCommand", "warren-production-restart-unit")),
  "run another stage's restart document": only(
    nobody,
    about.document("SendCommand", "warren-staging-restart-unit"),
  ),
  "rewrite the restart document": only(
    nobody,
    about.document("UpdateDocument", "warren-production-restart-unit"),
  ),
  "see how a command ended": only(
    [...restarts, "image-pipeline"],
    about.everything("ssm:GetCommandInvocation"),
  ),
  "list commands": only(["image-pipeline"], about.everything("ssm:ListCommands")),
  "open a session on an instance": only(nobody, about.instance("ssm:StartSession")),
  "run any document": only(nobody, about.named("ssm:SendCommand", "document/AWS-RunShellScript", "ssm")),
  // The request names the instance, and AWS checks that its own credentials signed it; IAM knows nothing narrower.
  "report an instance to the agent's service": only(
    ["machine", "image-builder"],
    about.instance("ssm:UpdateInstanceInformation"),
  ),
  "report the machines' metrics": only(["machine"], about.metrics("Warren/Machines")),
  "report metrics as another system": only(nobody, about.metrics("Warren")),
  "listen for commands": only(
    ["machine", "image-builder"],
    about.everything("ssmmessages:CreateControlChannel"),
  ),
  "carry a session": only(["machine", "image-builder"], about.everything("ssmmessages:CreateDataChannel")),
  "open the channel for commands": only(
    ["machine", "image-builder"],
    about.everything("ssmmessages:OpenControlChannel"),
  ),
  "open the channel of a session": only(
    ["machine", "image-builder"],
    about.everything("ssmmessages:OpenDataChannel"),
  ),
  "fetch messages": only(["machine", "image-builder"], about.everything("ec2messages:GetMessages")),
  "answer a message": only(["machine", "image-builder"], about.everything("ec2messages:SendReply")),
};
