import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CredentialKeeper } from "./credential-keeper.ts";
import type { RoleClients } from "./role-copy.ts";

const hourMs = 3_600_000;
let assumed: number;

/** Answers as IAM and STS do for a role without policies; credentials last an hour. */
const answer = (command: object): object => {
  const { name } = command.constructor;
  if (name === "GetRoleCommand") {
    return { Role: { Arn: "arn:aws:iam::000000000000:role/tenant", RoleId: "AROAEXAMPLE" } };
  }
  if (name !== "AssumeRoleCommand") return {};
  assumed += 1;
  const key = { AccessKeyId: `key-${assumed}`, SecretAccessKey: "secret", SessionToken: "session" };
  return { Credentials: { ...key, Expiration: new Date(Date.now() + hourMs) } };
};

const client = { send: async (command: object) => answer(command) };
const clients = { iam: client, sts: client } as unknown as RoleClients;

beforeEach(() => {
  assumed = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("renews credentials before they expire, for as long as the machine runs", async () => {
  const renewed = vi.fn();
  const keeper = new CredentialKeeper(clients, "i-0123456789abcdef0", "tenant", renewed);
  await keeper.start();
  const first = keeper.current;

  await vi.advanceTimersByTimeAsync(hourMs - 5 * 60_000);
  const second = keeper.current;
  keeper.stop();
  await vi.advanceTimersByTimeAsync(2 * hourMs);

  expect(first?.accessKeyId).toBe("key-1");
  expect(second?.accessKeyId).toBe("key-2");
  expect(renewed).toHaveBeenCalledTimes(1);
  expect(assumed).toBe(2);
});
