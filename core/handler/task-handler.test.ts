import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { incarnation } from "../../test/support/sample.ts";
import { taskHandler, tenantInput } from "./task-handler.ts";

const context = { functionName: "test", awsRequestId: "r-1" } as never;
const output = z.object({ id: z.string() });

const denied = Object.assign(new Error("User: x is not authorized to perform: ssm:PutParameter on y"), {
  name: "AccessDeniedException",
  $metadata: { httpStatusCode: 400 },
});

describe("a task as a Lambda", () => {
  let lines: string[];
  beforeEach(() => {
    vi.stubEnv("POWERTOOLS_DEV", "true");
    vi.stubEnv("BASE_DOMAIN", "example.test");
    lines = [];
    for (const method of ["log", "info", "error"] as const) {
      vi.spyOn(console, method).mockImplementation((line) => void lines.push(String(line)));
    }
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  const task = (run: () => Promise<never> | Promise<{ id: string }>, connect = vi.fn()) =>
    taskHandler({
      name: "do-something",
      env: z.object({ BASE_DOMAIN: z.string() }),
      input: tenantInput,
      output,
      connect,
      run,
    });

  it("connects once, with the parsed environment, however often it runs", async () => {
    const connect = vi.fn();
    const handler = task(async () => ({ id: "x" }), connect);

    await handler(incarnation, context);
    await handler(incarnation, context);

    expect(connect).toHaveBeenCalledTimes(1);
    expect(connect.mock.calls[0]?.[0]).toEqual({ BASE_DOMAIN: "example.test" });
  });

  it("hands on only what its output allows", async () => {
    const handler = task(async () => ({ id: "x", secret: "s" }));

    expect(await handler(incarnation, context)).toEqual({ id: "x" });
  });

  it.each([
    ["input", async () => ({ id: "x" }), { slug: "acme" }, "The input does not fit its schema (generation: "],
    ["output", async () => ({}) as never, incarnation, "The output does not fit its schema (id: "],
  ])("refuses a wrong %s, and says where it is wrong", async (_, run, event, words) => {
    await expect(task(run)(event, context)).rejects.toMatchObject({
      name: "InvalidInputError",
      message: expect.stringContaining(words),
    });
  });

  it("gives a cloud's error one of our names, with the action that is not allowed", async () => {
    const handler = task(() => Promise.reject(denied));

    await expect(handler(incarnation, context)).rejects.toMatchObject({
      name: "AwsDeniedError",
      message: expect.stringContaining("AWS does not allow ssm:PutParameter"),
    });
  });

  it("lets an error of our own code pass as it is", async () => {
    const handler = task(() => Promise.reject(new TypeError("a mistake")));

    await expect(handler(incarnation, context)).rejects.toThrow(new TypeError("a mistake"));
  });

  it("logs for whom it worked, and never the event", async () => {
    const handler = task(async () => ({ id: "x" }));

    await handler({ ...incarnation, token: "the-secret" }, context);

    const log = lines.join("\n");
    expect(log).toContain(incarnation.generation);
    expect(log).not.toContain("the-secret");
  });
});
