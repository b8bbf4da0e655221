// A machine's own credentials, asked for as its programs do: from its metadata service, which hands them to nobody else.
import { SSMClient } from "@aws-sdk/client-ssm";
import { execa } from "execa";
import { facts, machines } from "../support/stage.ts";

export interface MachineIdentity {
  accessKeyId: string;
  ssm: SSMClient;
}

interface Credentials {
  AccessKeyId: string;
  SecretAccessKey: string;
  Token: string;
}

/** @throws Error where no such machine runs, or its metadata service does not answer */
export const identityOf = async (instanceId: string): Promise<MachineIdentity> => {
  const machine = (await machines.machines()).find((found) => found.instanceId === instanceId);
  if (!machine) throw new Error(`no machine ${instanceId} runs`);
  const { metadataUrl, namespace } = machine;
  const inside = namespace ? ["ip", "netns", "exec", namespace] : [];
  const curl = async (...options: string[]): Promise<string> => {
    const [program = "", ...args] = [...inside, "curl", "--silent", "--fail", "--max-time", "5", ...options];
    return (await execa(program, args)).stdout;
  };
  const lifetime = "X-aws-ec2-metadata-token-ttl-seconds: 60";
  const session = await curl("--request", "PUT", "--header", lifetime, `${metadataUrl}/latest/api/token`);
  const read = (path: string) =>
    curl(
      "--header",
      `X-aws-ec2-metadata-token: ${session}`,
      `${metadataUrl}/latest/meta-data/iam/security-credentials/${path}`,
    );
  const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(await read(await read(""))) as Credentials;
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
  return {
    accessKeyId: AccessKeyId,
    ssm: new SSMClient({ endpoint: facts.awsUrl, region: facts.region, credentials }),
  };
};
