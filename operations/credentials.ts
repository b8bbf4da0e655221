// Whose AWS account an operation works in, by the credentials that the operator has.
import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { OperatorError } from "../core/operator-error.ts";

type Credentials = Awaited<ReturnType<STSClient["config"]["credentials"]>>;

/** @throws OperatorError where there are none */
export const signedIn = async (sts: STSClient): Promise<{ account: string; credentials: Credentials }> => {
  const credentials = await sts.config.credentials().catch((cause) => {
    throw new OperatorError(`No AWS credentials were found (${cause.message}): log in, or set AWS_PROFILE.`);
  });
  const { Account: account = "" } = await sts.send(new GetCallerIdentityCommand({}));
  return { account, credentials };
};
