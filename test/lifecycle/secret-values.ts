// The values that must be found nowhere, read with the administrator's credentials from where they belong.
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { facts, ssm } from "../support/stage.ts";

export const cloudflareApiToken = async (): Promise<string> => {
  const parameter = { Name: facts.apiTokenParameter, WithDecryption: true };
  const value = (await ssm.send(new GetParameterCommand(parameter))).Parameter?.Value;
  if (!value) throw new Error(`${facts.apiTokenParameter} is empty`);
  return value;
};

/** The secret inside a tunnel's token: base64 of JSON with the secret as `s`. */
export const tunnelSecret = (token: string): string => {
  const { s } = JSON.parse(Buffer.from(token, "base64").toString());
  if (!s) throw new Error("a tunnel token without a secret");
  return s;
};
