// MiniStack does not fill in `${aws:userid}`, on which the isolation of machines rests: each machine gets a copy of
// its role with the variable replaced by what AWS would put there, and credentials of that copy.
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  EntityAlreadyExistsException,
  GetRoleCommand,
  type IAMClient,
  ListRolePoliciesCommand,
  NoSuchEntityException,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, type STSClient } from "@aws-sdk/client-sts";
import { rolePolicies } from "../ministack/role-policies.ts";

export interface RoleClients {
  iam: IAMClient;
  sts: STSClient;
}

export interface MachineCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}

const copyName = (instanceId: string): string => `local-${instanceId}`;

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM policies, not of JavaScript
const userIdVariable = "${aws:userid}";

/** Whoever may use the account's own credentials may assume the copy: only the stage has them. */
const trustPolicy = (accountId: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: "sts:AssumeRole" },
    ],
  });

const unless = async <E extends Error>(
  expected: new (...args: never[]) => E,
  request: Promise<unknown>,
): Promise<void> => {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof expected)) throw error;
  }
};

/** Makes the copy, or brings an earlier one of this instance up to date. @returns its ARN */
export const copyRole = async (
  { iam }: RoleClients,
  roleName: string,
  instanceId: string,
): Promise<string> => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: roleName }));
  const accountId = Role?.Arn?.split(":")[4] ?? "";
  const policies = await rolePolicies(iam, roleName);
  const copy = { RoleName: copyName(instanceId), AssumeRolePolicyDocument: trustPolicy(accountId) };
  await unless(EntityAlreadyExistsException, iam.send(new CreateRoleCommand(copy)));
  await Promise.all(
    policies.map(({ name, document }) => {
      const PolicyDocument = document.replaceAll(userIdVariable, `${Role?.RoleId}:${instanceId}`);
      return iam.send(
        new PutRolePolicyCommand({ RoleName: copy.RoleName, PolicyName: name, PolicyDocument }),
      );
    }),
  );
  return `arn:aws:iam::${accountId}:role/${copy.RoleName}`;
};

/** Credentials for the copy; the session is named after the instance, as EC2 does. */
export const assumeCopy = async (
  { sts }: RoleClients,
  roleArn: string,
  instanceId: string,
): Promise<MachineCredentials> => {
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: instanceId }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    throw new Error(`sts:AssumeRole for ${roleArn} answered no credentials: is that MiniStack?`);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
};

export const removeCopy = async ({ iam }: RoleClients, instanceId: string): Promise<void> => {
  const RoleName = copyName(instanceId);
  const remove = async (): Promise<void> => {
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    for (const PolicyName of PolicyNames)
      await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
  };
  await unless(NoSuchEntityException, remove());
};
