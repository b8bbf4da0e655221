// Who may do what on machines.
import * as about from "../requests.ts";
import { may, nobody, type Power } from "./power.ts";

const restarts = ["restart-connector", "restart-application"];

export const commands: Record<string, Power> = {
  "run a command on an instance": may(nobody, about.instance("ssm:SendCommand")),
  "run a command on a tenant's instance": may(restarts, about.command()),
  "run a command on another stage's instance": may(nobody, about.command("staging")),
  "run a command on the stage's NAT instance": may(nobody, about.command("production", "")),
  "run the restart document": may(restarts, about.document("SendCommand", "warren-production-restart-unit")),
  "run another stage's restart document": may(
    nobody,
    about.document("SendCommand", "warren-staging-restart-unit"),
  ),
  "rewrite the restart document": may(
    nobody,
    about.document("UpdateDocument", "warren-production-restart-unit"),
  ),
  "see how a command ended": may(
    [...restarts, "image-pipeline"],
    about.everything("ssm:GetCommandInvocation"),
  ),
  "list commands": may(["image-pipeline"], about.everything("ssm:ListCommands")),
  "open a session on an instance": may(nobody, about.instance("ssm:StartSession")),
  "run any document": may(nobody, about.named("ssm:SendCommand", "document/AWS-RunShellScript", "ssm")),
  // The request names the instance, and AWS checks that its own credentials signed it; IAM knows nothing narrower.
  "report an instance to the agent's service": may(
    ["machine", "image-builder"],
    about.instance("ssm:UpdateInstanceInformation"),
  ),
  "report the machines' metrics": may(["machine"], about.metrics("Warren/Machines")),
  "report metrics as another system": may(nobody, about.metrics("Warren")),
  "listen for commands": may(
    ["machine", "image-builder"],
    about.everything("ssmmessages:CreateControlChannel"),
  ),
  "carry a session": may(["machine", "image-builder"], about.everything("ssmmessages:CreateDataChannel")),
  "open the channel for commands": may(
    ["machine", "image-builder"],
    about.everything("ssmmessages:OpenControlChannel"),
  ),
  "open the channel of a session": may(
    ["machine", "image-builder"],
    about.everything("ssmmessages:OpenDataChannel"),
  ),
  "fetch messages": may(["machine", "image-builder"], about.everything("ec2messages:GetMessages")),
  "answer a message": may(["machine", "image-builder"], about.everything("ec2messages:SendReply")),
};
