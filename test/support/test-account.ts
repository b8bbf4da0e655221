// An AWS account of its own, with nothing in it, in the MiniStack that serves the whole run.
import { randomInt } from "node:crypto";
import { inject } from "vitest";
import { region } from "./test-ministack.ts";

/** An access key of twelve digits is, to MiniStack, the administrator's of the account of that number. */
export const newTestAccount = () => {
  const account = String(randomInt(100_000_000_000, 1_000_000_000_000));
  const url = inject("ministackUrl");
  const credentials = { accessKeyId: account, secretAccessKey: "test" };
  return { url, account, client: { endpoint: url, region, credentials } };
};
export type TestAccount = ReturnType<typeof newTestAccount>;
