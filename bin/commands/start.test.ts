import { expect, test, vi } from "vitest";
import { testSession } from "../../test/support/test-session.ts";
import { startCommand } from "./start.ts";

const startedWith = async (...args: string[]) => {
  const start = vi.fn(async () => undefined);
  await startCommand(testSession().session, start).parseAsync(args, { from: "user" });
  return start.mock.calls[0]?.at(0);
};

test("without arguments starts tenant acme on the documented ports and stays", async () => {
  expect(await startedWith()).toEqual({ once: false, tenant: "acme", firstPort: 4566 });
});

test("takes what the usage names", async () => {
  const options = await startedWith("--once", "--tenant", "globex", "--first-port", "5566");

  expect(options).toEqual({ once: true, tenant: "globex", firstPort: 5566 });
});
