// The one secret that an operator stores by hand before the first deployment.
import { randomBytes } from "node:crypto";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { ApiToken } from "../cloudflare/api/tokens.ts";
import type { AdminAccess } from "./admin-access.ts";

/** New in every run, with the permissions that the README asks for and no other. */
export const cloudflareApiToken: ApiToken = {
  value: randomBytes(30).toString("base64url"),
  permissions: ["Cloudflare Tunnel Write", "DNS Write", "Zone Read"],
};

export const storeApiToken = async (aws: AdminAccess, parameter: string): Promise<void> => {
  const ssm = new SSMClient(aws);
  const value = cloudflareApiToken.value;
  await ssm.send(
    new PutParameterCommand({ Name: parameter, Value: value, Type: "SecureString", Overwrite: true }),
  );
  ssm.destroy();
};
