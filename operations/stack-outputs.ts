// What a deployed stack says about itself.
import { type CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";

/** By name; undefined where there is no such stack. */
export const stackOutputs = async (
  client: CloudFormationClient,
  StackName: string,
): Promise<Record<string, string> | undefined> => {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const outputs = stack?.Outputs ?? [];
    return Object.fromEntries(
      outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]),
    );
  } catch (error) {
    if (error instanceof Error && error.name === "ValidationError") return undefined;
    throw error;
  }
};
