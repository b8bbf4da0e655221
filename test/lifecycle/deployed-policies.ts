// The policies of the stage that runs here: as synthesised, with the ids that its resources were deployed under.
import { CloudFormationClient, DescribeStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import { loadConfig } from "../../lib/config/load-config.ts";
import { adminAccess } from "../../local/stage/admin-access.ts";
import { type StagePolicies, stagePolicies } from "../isolation/policies.ts";
import { stageTemplates } from "../isolation/stage-templates.ts";
import { facts, output } from "../support/stage.ts";

const cloudFormation = new CloudFormationClient(adminAccess(facts.awsUrl, facts.region));

const physicalIds = async (StackName: string): Promise<Record<string, string>> => {
  const { StackResources = [] } = await cloudFormation.send(new DescribeStackResourcesCommand({ StackName }));
  return Object.fromEntries(
    StackResources.map(({ LogicalResourceId = "", PhysicalResourceId = "" }) => [
      LogicalResourceId,
      PhysicalResourceId,
    ]),
  );
};

export const deployedPolicies = async (): Promise<StagePolicies> => {
  const templates = stageTemplates(loadConfig("local"));
  const stacks = Object.keys(templates);
  const ids = await Promise.all(stacks.map(physicalIds));
  const deployed = Object.fromEntries(stacks.map((stack, index) => [stack, ids[index] ?? {}]));
  const account = output("ProvisionWorkflowArn").split(":")[4] ?? "";
  return stagePolicies({ account, region: facts.region }, templates, deployed);
};
