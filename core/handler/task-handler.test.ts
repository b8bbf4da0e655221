import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { incarnation, tenantKey } from "../../test/support/sample.ts";
import { defineTask, tenantInput } from "./task.ts";
import { taskHandler } from "./task-handler.ts";

const context = { functionName: "test", awsRequestId: "r-1" } as never;
const description = defineTask({
  name: "do-something",
  step: "Do Something",
  environment: z.object({ STAGE: z.string(), BASE_DOMAIN: z.string() }),
  input: tenantInput,
  output: z.object({ id: z.string() }),
});

const denied = Object.assign(new Error("User: x is not authorized to perform: ssm:PutParameter on y"), {
  name: "AccessDeniedException",
  $metadata: { httpStatusCode: 400 },
});

describe("a task as a Lambda", () => {
  let lines: string[];
  beforeEach(() => {
    vi.stubEnv("POWERTOOLS_DEV", "true");
    vi.stubEnv("STAGE", "test");
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
    taskHandler(description, { connect, run });

  it("connects once, with the parsed environment, however often it runs", async () => {
    const connect = vi.fn();
    const handler = task(async () => ({ id: "x" }), connect);

    await handler(incarnation, context);
    await handler(incarnation, context);

    expect(connect).toHaveBeenCalledTimes(1);
    expect(connect.mock.calls[0]?.[0]).toEqual({ STAGE: "test", BASE_DOMAIN: "example.test" });
  });

  it("hands the work the tenant's key, made of its input and the stage", async () => {
    const run = vi.fn(async () => ({ id: "x" }));

    await task(run)(incarnation, context);

    expect(run).toHaveBeenCalledWith({ ...incarnation, key: tenantKey }, undefined);
  });

  it("ends with a name of its own when its time is up, before the Lambda is cut off", async () => {
    const short = { ...(context as object), getRemainingTimeInMillis: () => 510 } as never;
    const handler = task(() => new Promise<never>(() => undefined));

    const failing = handler(incarnation, short);

    await expect(failing).rejects.toMatchObject({
      name: "TaskTimeoutError",
      message: "do-something used up its time.",
    });
    expect(lines.join("\n")).toContain("TaskTimeoutError");
    expect(lines.join("\n")).not.toContain("AbortError");
  });

  it("hands the work of a whole fleet its input alone", async () => {
    const run = vi.fn(async () => ({ id: "x" }));
    const ofFleet = { ...description, input: z.object({ page: z.number() }) };

    await taskHandler(ofFleet, { connect: () => undefined, run })({ page: 1 }, context);

    expect(run).toHaveBeenCalledWith({ page: 1 }, undefined);
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
