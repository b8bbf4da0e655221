import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { stepsOf } from "../../core/handler/task.ts";
import type { TenantStatus } from "../../core/tenant/status.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import type { WorkflowName } from "../../core/workflow/workflows.ts";
import { type TaskName, tasks } from "../../lambdas/tasks.ts";
import { deprovisionTasks, provisionTasks } from "../support/task-names.ts";
import { definitions, type State, states } from "./definitions.ts";
import { type EmulatedWorkflows, generation, startEmulatedWorkflows } from "./emulated-workflows.ts";

let workflows: EmulatedWorkflows;
beforeAll(async () => {
  workflows = await startEmulatedWorkflows();
});
afterAll(() => workflows?.stop());

let tenants = 0;
const tenant = async (status: TenantStatus, changes: Partial<Tenant> = {}): Promise<string> => {
  const slug = `tenant-${++tenants}`;
  const at = new Date().toISOString();
  const row: Tenant = {
    slug,
    generation,
    status,
    createdAt: at,
    updatedAt: at,
    steps: {},
    resources: {},
    deletions: 0,
    ...changes,
  };
  await workflows.putRow(row);
  return slug;
};

const refusal = { error: "AwsRejectedError", message: "It was refused." };
const taskOf = (state: string): TaskName => {
  const task = tasks.find((one) => stepsOf(one).includes(state));
  if (!task) throw new Error(`the state "${state}" runs no task`);
  return task.name;
};
/** Those on the way to a workflow's goal: not the one that writes down why it was missed. */
const lambdaStates = (name: WorkflowName): [string, State][] => {
  const machine = definitions.find(([found]) => found === name)?.[1];
  const lambdas = machine ? states(machine).filter(([, { Resource }]) => Resource?.includes("lambda")) : [];
  return lambdas.filter(([state]) => !["Read Console", "Mark Failed"].includes(state));
};
const goal = (tasks: readonly string[]): string[] =>
  tasks.filter((task) => !["read-console", "mark-failed"].includes(task)).toSorted();

describe.concurrent("retries", () => {
  /** As many errors of each retrier in one execution as it forgives: its attempts are counted for itself. */
  const errorsOf = ({ Retry = [] }: State, round: number): string[] =>
    Retry.flatMap(({ ErrorEquals, MaxAttempts = 3 }) =>
      ErrorEquals.slice(round * MaxAttempts, (round + 1) * MaxAttempts),
    );
  const rounds = (name: WorkflowName) => {
    const ofRetriers = lambdaStates(name).flatMap(([, { Retry = [] }]) =>
      Retry.map(({ ErrorEquals, MaxAttempts = 3 }) => Math.ceil(ErrorEquals.length / MaxAttempts)),
    );
    return Array.from({ length: Math.max(...ofRetriers) }, (_, round) => [name, round] as const);
  };

  test.each([...rounds("provision-tenant"), ...rounds("deprovision-tenant")])(
    "%s: every task gets over all errors that it retries, one after the other (part %i)",
    async (name, round) => {
      const slug = await tenant(name === "provision-tenant" ? "provisioning" : "deleting");
      for (const [state, definition] of lambdaStates(name)) {
        const errors = errorsOf(definition, round).map((error) => ({ error }));
        workflows.script.add(slug, taskOf(state), ...errors);
      }

      const execution = await workflows.run(name, {
        slug,
        ...(name === "deprovision-tenant" ? { reason: "delete" } : {}),
      });

      expect(execution.status, execution.cause).toBe("SUCCEEDED");
      for (const [state, definition] of lambdaStates(name)) {
        const tries = errorsOf(definition, round).length + 1;
        expect(workflows.script.inputs(slug, taskOf(state)), state).toHaveLength(tries);
      }
    },
    // Up to a hundred invocations one after the other, beside those of all other tests here.
    120_000,
  );

  test("end after their number of attempts, with the error that lasted", async () => {
    const slug = await tenant("provisioning");
    const unavailable = { error: "CloudflareUnavailableError" };
    workflows.script.add(slug, "create-dns-record", ...Array.from({ length: 20 }, () => unavailable));

    const execution = await workflows.run("provision-tenant", { slug });

    expect(execution).toMatchObject({ status: "FAILED", error: "CloudflareUnavailableError" });
    expect(workflows.script.inputs(slug, "create-dns-record")).toHaveLength(7);
  });
});

describe.concurrent("provision-tenant", () => {
  test("makes everything, proves it and marks the row ready", async () => {
    const slug = await tenant("provisioning");

    const execution = await workflows.run("provision-tenant", { slug });

    expect(execution.status).toBe("SUCCEEDED");
    expect(workflows.script.calls(slug).toSorted()).toEqual(goal(provisionTasks));
    expect(await workflows.row(slug)).toMatchObject({ status: "ready" });
  });

  test("hands each task what it needs, and nothing more", async () => {
    const slug = await tenant("provisioning");

    await workflows.run("provision-tenant", { slug });

    const input = (task: TaskName) => workflows.script.inputs(slug, task)[0];
    expect(input("create-tunnel")).toEqual({ slug, generation });
    expect(input("create-data-volume")).toEqual({
      slug,
      generation,
      instanceId: "i-1",
      availabilityZone: "eu-central-1a",
    });
    expect(input("create-secrets")).toEqual({ slug, generation });
    expect(input("grant-secrets")).toEqual({ slug, generation, instanceId: "i-1" });
    expect(input("create-dns-record")).toEqual({ slug, generation, tunnelId: "a-tunnel" });
    expect(input("probe-tenant")).toEqual({ slug, generation, since: expect.any(String) });
  });

  test("counts the time of a probe from the first try on, whatever its retries", async () => {
    const slug = await tenant("provisioning");
    const notYet = { error: "NotServedYetError" };
    workflows.script.add(slug, "probe-tenant", notYet, notYet);

    await workflows.run("provision-tenant", { slug });

    const times = workflows.script.inputs(slug, "probe-tenant").map(({ since }) => since);
    expect(times).toHaveLength(3);
    expect(new Set(times).size).toBe(1);
    expect(z.iso.datetime().safeParse(times[0]).success).toBe(true);
  });

  test.each(lambdaStates("provision-tenant").map(([name]) => name))(
    "when %s fails for good, removes everything, has that written into the row and ends with that error",
    async (state) => {
      const slug = await tenant("provisioning");
      workflows.script.add(slug, taskOf(state), refusal);

      const execution = await workflows.run("provision-tenant", { slug });

      expect(execution).toMatchObject({ status: "FAILED", error: refusal.error });
      expect(execution.cause).toContain(refusal.message);
      expect(workflows.script.calls(slug)).toEqual(
        expect.arrayContaining(goal(deprovisionTasks).filter((task) => task !== "await-running-workflows")),
      );
      expect(workflows.script.inputs(slug, "mark-failed")).toMatchObject([
        {
          slug,
          generation,
          status: "provisioning",
          failure: { step: state, Error: refusal.error, Cause: expect.stringContaining(refusal.message) },
          cleanUpError: "",
        },
      ]);
      expect(execution.cause).toBe(`${state}: ${refusal.message}`);
    },
  );

  test.each(lambdaStates("provision-tenant").map(([name]) => name))(
    "when %s finds the row superseded, ends at once and leaves the clean-up and the row to who superseded it",
    async (state) => {
      const slug = await tenant("deleting");
      workflows.script.add(slug, taskOf(state), { error: "TenantSupersededError" });

      const execution = await workflows.run("provision-tenant", { slug });

      expect(execution).toMatchObject({ status: "FAILED", error: "TenantSupersededError" });
      expect(workflows.script.calls(slug).filter((task) => task.startsWith("delete-"))).toEqual([]);
      expect(await workflows.row(slug)).toMatchObject({ status: "deleting" });
    },
  );

  test.each([
    ["its row is gone", undefined],
    ["its row is another incarnation's", "01JDXB3TJ8M5T0Q4V1N6W2R7YD"],
  ])(
    "when it is superseded and %s, it removes what it made after its removal had looked",
    async (_, successor) => {
      const slug = successor ? await tenant("provisioning", { generation: successor }) : "gone";
      workflows.script.add(slug, "launch-instance", { error: "TenantSupersededError" });

      const execution = await workflows.run("provision-tenant", { slug });

      expect(execution).toMatchObject({ status: "FAILED", error: "TenantSupersededError" });
      expect(workflows.script.calls(slug)).toContain("delete-instance");
      expect((await workflows.row(slug))?.generation).toBe(successor);
    },
  );

  test("waits for the other branches before it cleans up, and the earlier error wins", async () => {
    const slug = await tenant("provisioning");
    workflows.script.add(slug, "create-tunnel", { error: "AwsRejectedError" });
    workflows.script.add(slug, "launch-instance", { error: "AwsDeniedError", delayMs: 2_000 });

    const execution = await workflows.run("provision-tenant", { slug });

    expect(execution.error).toBe("AwsRejectedError");
    const calls = workflows.script.calls(slug);
    expect(calls.indexOf("launch-instance")).toBeLessThan(calls.indexOf("delete-dns-record"));
  });

  test("when the clean-up fails too, keeps the first error and says that something is left", async () => {
    const slug = await tenant("provisioning");
    workflows.script.add(slug, "probe-tenant", refusal);
    workflows.script.add(slug, "delete-tunnel", { error: "CloudflareRejectedError" });

    const execution = await workflows.run("provision-tenant", { slug });

    expect(execution.error).toBe(refusal.error);
    const [ofRemoval, ofProvision] = workflows.script.inputs(slug, "mark-failed");
    expect(ofRemoval).toMatchObject({ status: "deleting", failure: { step: "Delete Tunnel" } });
    expect(ofProvision).toMatchObject({
      status: "provisioning",
      failure: { step: "Probe Tenant", Error: refusal.error },
      cleanUpError: expect.stringMatching(/^(CloudflareRejectedError|States.TaskFailed)$/),
    });
  });

  test("launches another machine where the first ended while its volume was made, three times at most", async () => {
    const [slug, unlucky] = [await tenant("provisioning"), await tenant("provisioning")];
    const lost = { error: "InstanceLostError", message: "Instance i-1 is terminated instead of running." };
    workflows.script.add(slug, "create-data-volume", lost, lost);
    workflows.script.add(unlucky, "create-data-volume", ...Array(9).fill(lost));

    const execution = await workflows.run("provision-tenant", { slug });
    const failed = await workflows.run("provision-tenant", { slug: unlucky });

    expect(execution.status, execution.cause).toBe("SUCCEEDED");
    expect(workflows.script.inputs(slug, "launch-instance")).toHaveLength(3);
    expect(failed).toMatchObject({ status: "FAILED", error: "InstanceLostError" });
    expect(workflows.script.inputs(unlucky, "launch-instance")).toHaveLength(4);
  });

  test("never brings back a row that was removed while it ran", async () => {
    const slug = `never-had-a-row-${++tenants}`;

    const execution = await workflows.run("provision-tenant", { slug });

    expect(execution).toMatchObject({ status: "FAILED", error: "DynamoDB.ConditionalCheckFailedException" });
    expect(await workflows.row(slug)).toBeUndefined();
  });
});

describe.concurrent("deprovision-tenant", () => {
  test("that was asked for stops traffic first, proves all gone last and removes the row", async () => {
    const slug = await tenant("deleting");

    const execution = await workflows.run("deprovision-tenant", { slug, reason: "delete" });

    expect(execution.status).toBe("SUCCEEDED");
    const calls = workflows.script.calls(slug);
    expect(calls.slice(0, 2)).toEqual(["await-running-workflows", "delete-dns-record"]);
    expect(calls.slice(-2)).toEqual(["delete-secrets", "verify-removal"]);
    expect(calls.toSorted()).toEqual(goal(deprovisionTasks));
    expect(await workflows.row(slug)).toBeUndefined();
  });

  test("waits for a cloud that lets go late, and for the machine before its tunnel", async () => {
    const slug = await tenant("deleting");
    const late = (error: string, times: number) => Array.from({ length: times }, () => ({ error }));
    workflows.script.add(slug, "delete-instance", ...late("ResourceStillThereError", 30));
    workflows.script.add(slug, "delete-data-volume", ...late("VolumeNotReadyError", 60));
    workflows.script.add(slug, "delete-tunnel", ...late("TunnelBusyError", 20));

    const execution = await workflows.run("deprovision-tenant", { slug, reason: "delete" });

    expect(execution.status, execution.cause).toBe("SUCCEEDED");
    const calls = workflows.script.calls(slug);
    expect(calls.indexOf("delete-tunnel")).toBeGreaterThan(calls.lastIndexOf("delete-instance"));
    expect(calls.indexOf("delete-data-volume")).toBeGreaterThan(calls.lastIndexOf("delete-instance"));
  }, 120_000);

  test("hands what each task saw deleted to the one that proves it", async () => {
    const slug = await tenant("deleting");

    await workflows.run("deprovision-tenant", { slug, reason: "delete" });

    const [input] = workflows.script.inputs(slug, "verify-removal");
    expect(input).toMatchObject({ slug, generation, reason: "delete", execution: expect.any(String) });
    expect(((input?.seen ?? []) as { id: string }[]).map(({ id }) => id).toSorted()).toEqual([
      "/a/name",
      "a-tunnel",
      "i-1",
      "record-1",
    ]);
  });

  test("after a row was removed by hand leaves a new tenant of the same slug alone", async () => {
    const slug = await tenant("provisioning");

    const execution = await workflows.run("deprovision-tenant", { slug, reason: "removed" });

    expect(execution.status).toBe("SUCCEEDED");
    expect(await workflows.row(slug)).toMatchObject({ status: "provisioning" });
  });

  test("that was asked for leaves alone a row that is no longer its own", async () => {
    const slug = await tenant("ready");

    const execution = await workflows.run("deprovision-tenant", { slug, reason: "delete" });

    expect(execution.status).toBe("SUCCEEDED");
    expect(await workflows.row(slug)).toMatchObject({ status: "ready" });
  });

  test("as a compensation does not wait for the provision that waits for it", async () => {
    const slug = await tenant("provisioning");

    await workflows.run("deprovision-tenant", { slug, reason: "compensation" });

    expect(workflows.script.calls(slug)).not.toContain("await-running-workflows");
  });

  test.each(lambdaStates("deprovision-tenant").map(([name]) => name))(
    "when %s fails for good, keeps the row, has the reason written into it and ends with that error",
    async (state) => {
      const slug = await tenant("deleting");
      workflows.script.add(slug, taskOf(state), refusal);

      const execution = await workflows.run("deprovision-tenant", { slug, reason: "delete" });

      expect(execution).toMatchObject({ status: "FAILED", error: refusal.error });
      expect(workflows.script.inputs(slug, "mark-failed")).toMatchObject([
        {
          slug,
          generation,
          status: "deleting",
          failure: { step: state, Error: refusal.error, Cause: expect.stringContaining(refusal.message) },
        },
      ]);
      expect(await workflows.row(slug)).toMatchObject({ status: "deleting" });
    },
  );
});
