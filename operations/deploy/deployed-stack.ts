// What a stack says about itself before a deploy.
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { stackOutputs } from "../stack-outputs.ts";

/** @returns its outputs, by name; undefined where there is no such stack, or nobody who may ask for it */
export type DeployedOutputs = (stack: string, region: string) => Promise<Record<string, string> | undefined>;

/** What keeps it from an answer, such as missing credentials, the CDK will say in its own words. */
export const deployedOutputs: DeployedOutputs = (stack, region) =>
  stackOutputs(new CloudFormationClient({ region, maxAttempts: 2 }), stack).catch(() => undefined);
