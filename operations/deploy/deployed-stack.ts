// What a stack says about itself, where it is deployed.
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";

/** @returns its outputs, by name; undefined where there is no such stack, or nobody who may ask for it */
export type StackOutputs = (stack: string, region: string) => Promise<Record<string, string> | undefined>;

/** What keeps it from an answer, such as missing credentials, the CDK will say in its own words. */
export const stackOutputs: StackOutputs = async (stack, region) => {
  const client = new CloudFormationClient({ region, maxAttempts: 2 });
  const answer = await client.send(new DescribeStacksCommand({ StackName: stack })).catch(() => undefined);
  const outputs = answer?.Stacks?.[0]?.Outputs;
  return (
    outputs &&
    Object.fromEntries(outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]))
  );
};
