// What `Ref` and `Fn::GetAtt` answer once a stack is deployed, for the kinds of resources that policies speak of.
import { createHash } from "node:crypto";

export interface Home {
  account: string;
  region: string;
}

export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

interface Place extends Home {
  /** physical name: what the template says, or what CloudFormation would make up */
  name: string;
  /** physical id, where the stack is really deployed */
  deployed: string | undefined;
}

type Answers = Record<string, (place: Place) => string>;

const hex = (name: string, length: number): string =>
  createHash("sha256").update(name).digest("hex").slice(0, length);
const regional = (service: string, resource: string, { region, account }: Home): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;
const uuid = (name: string): string =>
  hex(name, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
const id =
  (prefix: string) =>
  ({ name, deployed }: Place): string =>
    deployed ?? `${prefix}-0${hex(name, 16)}`;
const nameOf = ({ name }: Place): string => name;

const stateMachineArn = (place: Place): string =>
  place.deployed ?? regional("states", `stateMachine:${place.name}`, place);
const keyId = ({ name, deployed }: Place): string => deployed ?? uuid(name);

const kinds: Record<string, Answers> = {
  "AWS::IAM::Role": {
    Ref: nameOf,
    Arn: ({ name, account }) => `arn:aws:iam::${account}:role/${name}`,
    RoleId: ({ name }) => `AROA${hex(name, 17).toUpperCase()}`,
  },
  "AWS::IAM::InstanceProfile": {
    Ref: nameOf,
    // The local AWS has the ARN as physical id.
    Arn: ({ name, deployed, account }) => deployed ?? `arn:aws:iam::${account}:instance-profile/${name}`,
  },
  "AWS::DynamoDB::Table": {
    Ref: nameOf,
    Arn: (place) => regional("dynamodb", `table/${place.name}`, place),
    StreamArn: (place) => regional("dynamodb", `table/${place.name}/stream/2026-11-22T12:00:00.000`, place),
  },
  "AWS::KMS::Key": {
    Ref: keyId,
    Arn: (place) => regional("kms", `key/${keyId(place)}`, place),
  },
  "AWS::Lambda::Function": {
    Ref: nameOf,
    Arn: (place) => regional("lambda", `function:${place.name}`, place),
  },
  "AWS::Logs::LogGroup": {
    Ref: nameOf,
    Arn: (place) => regional("logs", `log-group:${place.name}:*`, place),
  },
  "AWS::StepFunctions::StateMachine": { Ref: stateMachineArn, Arn: stateMachineArn },
  "AWS::SNS::Topic": { Ref: (place) => place.deployed ?? regional("sns", place.name, place) },
  "AWS::SQS::Queue": { Arn: (place) => regional("sqs", place.name, place) },
  "AWS::EC2::LaunchTemplate": { Ref: id("lt") },
  "AWS::EC2::SecurityGroup": { Ref: id("sg"), GroupId: id("sg") },
  "AWS::EC2::Subnet": { Ref: id("subnet") },
  "AWS::EC2::VPC": { Ref: id("vpc"), DefaultSecurityGroup: id("sg") },
};

/** Properties in which a template may say the name itself. */
const nameProperties = ["RoleName", "FunctionName", "StateMachineName", "LogGroupName", "QueueName"];

interface Reference {
  stack: string;
  logicalId: string;
  attribute?: string | undefined;
  /** physical id, where the stack is really deployed */
  deployed?: string | undefined;
}

/** @throws Error on a kind or an attribute that is not known here: a guess would make the matrix prove nothing */
export const physicalId = (home: Home, { Type, Properties = {} }: Resource, reference: Reference): string => {
  const { stack, logicalId, attribute = "Ref", deployed } = reference;
  const answer = kinds[Type]?.[attribute];
  if (!answer) {
    const known = Object.entries(kinds).map(
      ([kind, answers]) => `${kind} ${Object.keys(answers).join(", ")}`,
    );
    throw new Error(
      `${stack}: what ${attribute} of ${logicalId} (${Type}) is, is not known; add it to physical-ids.ts, which knows ${known.join("; ")}`,
    );
  }
  const given = nameProperties.map((name) => Properties[name]).find((value) => typeof value === "string");
  const name = deployed ?? (typeof given === "string" ? given : `${stack}-${logicalId}`);
  return answer({ ...home, name, deployed });
};
