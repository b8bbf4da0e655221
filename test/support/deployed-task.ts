// A task's exported handler as it runs when deployed, against a local AWS, with every log turned on: what it must not
// tell is looked for in all that it told.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { vi } from "vitest";
import { tableWithKey } from "./tables.ts";
import type { TestAccount } from "./test-account.ts";

export const tenantsTable = "tenants";

export const createTenantsTable = async (
  aws: Pick<TestAccount, "client">,
): Promise<DynamoDBDocumentClient> => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(aws.client));
  await client.send(tableWithKey(tenantsTable, "slug"));
  return client;
};

/** @param variables of the task itself, besides those of its stage and of AWS */
export const stubTaskEnvironment = (
  aws: Pick<TestAccount, "url" | "client">,
  variables: Record<string, string>,
): void => {
  const all = {
    STAGE: "test",
    TENANTS_TABLE: tenantsTable,
    PARAMETER_KEY_ID: "alias/aws/ssm",
    ...variables,
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: aws.client.region,
    AWS_ACCESS_KEY_ID: aws.client.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.client.credentials.secretAccessKey,
    POWERTOOLS_DEV: "true",
    POWERTOOLS_METRICS_DISABLED: "false",
    POWERTOOLS_LOG_LEVEL: "DEBUG",
    POWERTOOLS_LOGGER_LOG_EVENT: "true",
    CLOUDFLARE_LOG: "debug",
  };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
};

/** Collects what goes to the console from now on. @returns the text so far */
export const recordConsole = (): (() => string) => {
  let log = "";
  for (const method of ["log", "info", "debug", "warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((...parts) => {
      log += parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" ");
    });
  }
  return () => log;
};

/** All that a run's caller is told: the result, or the error with its stack. */
export const outcomeText = async (running: Promise<unknown>): Promise<string> => {
  const outcome = await running.catch((error: Error) => error);
  return outcome instanceof Error
    ? `${outcome.name}: ${outcome.message} ${outcome.stack}`
    : JSON.stringify(outcome);
};
