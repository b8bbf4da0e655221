// Work that was cut off is found by a sweep: begun anew, or failed with the reason, and never left as it is.
import { expect, test, vi } from "vitest";
import { nothing, remainsOf } from "../support/remains.ts";
import { output } from "../support/stage.ts";
import { create, remove, rowOf, waiting, whenRowGone, whenStatus } from "../support/tenants.ts";
import { stopExecution } from "./sweeps.ts";

const executionOf = (workflow: string, name: string) =>
  `${output(workflow).replace(":stateMachine:", ":execution:")}:${name}`;

/** Stops it as soon as it is there. */
const cutOff = (workflow: string, name: string) =>
  vi.waitFor(() => stopExecution(executionOf(workflow, name)), { ...waiting, interval: 20 });

test.concurrent("a provision that was stopped is failed with the reason, and its removal leaves nothing", async () => {
  const slug = "lost-provision";
  await create(slug);
  const { generation } = await rowOf(slug);
  await cutOff("ProvisionWorkflowArn", `${slug}-${generation}`);

  const { failure } = await whenStatus(slug, "failed");

  expect(failure).toMatchObject({ error: "WorkflowLostError" });
  expect(failure.advice).toContain(`DELETE /tenants/${slug}`);
  await remove(slug);
  // A removal gives the last task of what was stopped more than two minutes to end.
  const gone = async () => expect(await rowOf(slug)).toBeUndefined();
  await vi.waitFor(gone, { ...waiting, timeout: 270_000 });
  expect(await remainsOf([slug])).toEqual(nothing);
});

test.concurrent("a removal that was stopped is begun anew, and leaves nothing", async () => {
  const slug = "lost-removal";
  await create(slug);
  await whenStatus(slug, "ready");
  const { generation } = await rowOf(slug);
  await remove(slug);
  await cutOff("DeprovisionWorkflowArn", `${slug}-${generation}-delete-1`);

  await whenRowGone(slug);

  expect(await remainsOf([slug])).toEqual(nothing);
});
