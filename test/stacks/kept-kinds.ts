// Which kinds of resources must keep their names, and what their replacement would cost.
import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";

export interface StackResource {
  Type: string;
  DeletionPolicy?: string;
  Properties?: Record<string, unknown>;
}

/** Known outside their stack by name or id, or holding what cannot be made again. */
const losses: Record<string, string> = {
  "AWS::ApiGatewayV2::Api": "another API has another URL",
  "AWS::DLM::LifecyclePolicy": "the snapshots that the old policy made would be deleted by nobody",
  "AWS::DynamoDB::Table": "a replaced table is an empty table",
  "AWS::EC2::EIP": "whoever lets our address through would have to learn another",
  "AWS::EC2::LaunchTemplate": "tasks are allowed to launch from this one, and its name cannot be given twice",
  "AWS::EC2::SecurityGroup":
    "it cannot be deleted while a tenant's machine is in it, and the deploy would hang",
  "AWS::EC2::Subnet": "it cannot be deleted while a tenant's machine is in it, and the deploy would hang",
  "AWS::EC2::VPC": "every tenant's machine is in it",
  "AWS::IAM::InstanceProfile": "running machines hold it, and would have no credentials",
  "AWS::IAM::Role": "who may assume it knows its ARN, and the tags of tenants' secrets name its id",
  "AWS::ImageBuilder::ImagePipeline": "its images belong to it, and its name cannot be given twice",
  "AWS::KMS::Alias": "an alias belongs to one key at a time",
  "AWS::KMS::Key": "what the old key encrypted opens with no other",
  "AWS::SNS::Subscription": "whoever is told would have to confirm anew, and until then nobody is told",
  "AWS::SNS::Topic": "its subscribers would have to subscribe anew, and until then nobody is told",
  "AWS::SQS::Queue": "the failures in it would be lost",
  "AWS::SSM::Document": "its name is in permissions and in the runbook, and cannot be given twice",
  "AWS::Scheduler::Schedule": "its name cannot be given twice",
  "AWS::StepFunctions::StateMachine": "its executions, running and past, would be lost",
};

/** Logs go with their stack; a nested stack is no data itself. */
const unlike = ["AWS::Logs::LogGroup", "AWS::CloudFormation::Stack"];

const stateful = new Set(
  [...loadAwsServiceSpecSync().all("resource")]
    .filter(({ isStateful, cloudFormationType }) => isStateful && !unlike.includes(cloudFormationType))
    .map(({ cloudFormationType }) => cloudFormationType),
);

export const lossOf = (type: string): string => losses[type] ?? "what it holds would stay behind";

export const isKept = (resource: StackResource): boolean =>
  resource.Type === "AWS::IAM::Role"
    ? isKnownRole(resource)
    : resource.Type in losses || stateful.has(resource.Type);

/** A role of a name of ours, or a machine's: `reader` tags hold its id. */
const isKnownRole = ({ Properties }: StackResource): boolean =>
  Properties?.RoleName !== undefined ||
  JSON.stringify(Properties?.AssumeRolePolicyDocument ?? "").includes('"ec2.amazonaws.com"');
