// How this project's own programs reach the local AWS: as its administrator.
import { adminCredentials } from "../aws/ministack.ts";

/** Fits every AWS SDK client's constructor. */
export interface AdminAccess {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

export const adminAccess = (endpoint: string, region: string): AdminAccess => ({
  endpoint,
  region,
  credentials: adminCredentials,
});

/** The same for programs that read it from their environment, such as the CDK's CLI. */
export const adminEnvironment = ({ endpoint, region, credentials }: AdminAccess): Record<string, string> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: "true",
});
