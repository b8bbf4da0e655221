// The stage as a test reaches it: through the same clients as anybody else.
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SSMClient } from "@aws-sdk/client-ssm";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { inject } from "vitest";
import { awsAdmin } from "../../local/aws/admin-client.ts";
import { cloudflareAdmin } from "../../local/cloudflare/admin-client.ts";
import { ec2Admin } from "../../local/ec2/server/admin-client.ts";
import { adminAccess } from "../../local/stage/admin-access.ts";
import { apiClient } from "../../local/stage/api-client.ts";

export const facts = inject("stage");
export const access = adminAccess(facts.awsUrl, facts.region);

export const api = apiClient(facts.apiUrl, access);
export const aws = awsAdmin(facts.awsUrl);
export const cloudflare = cloudflareAdmin(facts.cloudflareUrl);
export const machines = ec2Admin(facts.ec2Url);
export const ec2 = new EC2Client({ ...access, endpoint: facts.ec2Url });
export const sfn = new SFNClient(access);
export const ssm = new SSMClient(access);
export const logs = new CloudWatchLogsClient(access);
export const tables = DynamoDBDocumentClient.from(new DynamoDBClient(access));

export const output = (name: string): string => {
  const value = facts.outputs[name];
  if (value === undefined)
    throw new Error(`no output ${name}; there are ${Object.keys(facts.outputs).join(", ")}`);
  return value;
};
