// Ten tenants from nothing to nothing, all at once, one of which loses its machine, and what was seen on the way.
import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { vi } from "vitest";
import { remainsOf, secrets } from "../support/remains.ts";
import { cloudflare, ec2, output, tables } from "../support/stage.ts";
import { create, echo, remove, rowOf, visit, waiting, whenRowGone, whenStatus } from "../support/tenants.ts";
import { everythingWritten, executionsOf, scan } from "../support/traces.ts";
import { sweep } from "./sweeping.ts";

export const slugs = Array.from({ length: 10 }, (_, index) => `one-of-ten-${index}`);
export const removedByHand = "one-of-ten-9";
export const losesItsMachine = "one-of-ten-5";
const deletedByApi = slugs.filter((slug) => slug !== removedByHand);

export const tenLives = async () => {
  await cloudflare.clearCalls();
  const accepted = await Promise.all(slugs.map(create));
  const ready = await Promise.all(slugs.map((slug) => whenStatus(slug, "ready")));
  const calls = await cloudflare.calls();
  const seen = await visitAll(ready.map(({ hostname }) => hostname));
  const kept = await secrets();
  const remains = await remainsOf(slugs);
  await replacedMachine(losesItsMachine);
  const whileReady = { remains, written: await everythingWritten() };

  const deletions = await Promise.all(deletedByApi.map(remove));
  await tables.send(
    new DeleteCommand({ TableName: output("TenantsTableName"), Key: { slug: removedByHand } }),
  );
  await Promise.all(slugs.map(whenRowGone));
  const audit = await whenAudited();
  return {
    answers: [...accepted, ...ready, ...deletions],
    ready,
    calls,
    seen,
    secrets: kept,
    whileReady,
    audit,
    removals: await executionsOf(output("DeprovisionWorkflowArn")),
    provisions: await executionsOf(output("ProvisionWorkflowArn")),
    repairs: await executionsOf(output("RepairWorkflowArn")),
    after: { remains: await remainsOf(slugs), written: await everythingWritten() },
  };
};

const visitAll = (hostnames: string[]) =>
  Promise.all(
    hostnames.map(async (hostname) => ({
      health: await visit(hostname, "/health"),
      identity: await visit(hostname, "/identity"),
      echoed: await echo(hostname, `hello ${hostname}`),
    })),
  );

const replacedMachine = async (slug: string): Promise<void> => {
  const { resources } = await rowOf(slug);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [resources.instanceId ?? ""] }));
  await sweep();
  await whenStatus(slug, "ready");
};

/** The removal of a row that was deleted by hand shows only here: its row went first. */
const whenAudited = () =>
  vi.waitFor(async () => {
    const entries = await scan(output("AuditTableName"));
    const removals = entries.filter(({ slug, rung }) => slugs.includes(String(slug)) && !rung);
    if (removals.length < slugs.length)
      throw new Error(`${removals.length} of ${slugs.length} removals are audited`);
    return removals;
  }, waiting);

export type TenLives = Awaited<ReturnType<typeof tenLives>>;
