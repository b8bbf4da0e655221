// The stage's Cloudflare API token, read with the administrator's credentials.
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { facts, ssm } from "./stage.ts";

export const cloudflareApiToken = async (): Promise<string> => {
  const parameter = { Name: facts.apiTokenParameter, WithDecryption: true };
  const value = (await ssm.send(new GetParameterCommand(parameter))).Parameter?.Value;
  if (!value) throw new Error(`${facts.apiTokenParameter} is empty`);
  return value;
};
