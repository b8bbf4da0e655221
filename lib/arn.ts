// ARNs of what no construct stands for, written the same way everywhere so that rule suppressions can name them.
import { Aws, type Stack } from "aws-cdk-lib";

export const arn = (service: string, resource: string): string =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;

/** Of images and snapshots, whose ARNs have no account. */
export const ec2ArnWithoutAccount = (resource: string): string =>
  `arn:${Aws.PARTITION}:ec2:${Aws.REGION}::${resource}`;

/** As cdk-nag spells it in the id of a finding, `arn:<AWS::Partition>:ssm:…`; empty for another resource's attribute. */
export const arnInFinding = (stack: Stack, value: string): string => {
  const resolved: unknown = stack.resolve(value);
  if (typeof resolved === "string") return resolved;
  const [, parts = []] =
    (resolved as { "Fn::Join"?: [string, (string | { Ref?: string })[]] })["Fn::Join"] ?? [];
  return parts.map((part) => (typeof part === "string" ? part : `<${part.Ref}>`)).join("");
};
