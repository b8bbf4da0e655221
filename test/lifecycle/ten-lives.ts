// Ten tenants from nothing to nothing, all at once, and what was seen on the way.
import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { vi } from "vitest";
import { remainsOf, secrets } from "./remains.ts";
import { cloudflare, output, tables } from "./stage.ts";
import { create, echo, patience, remove, visit, whenRowGone, whenStatus } from "./tenants.ts";
import { everythingWritten, executionsOf, scan } from "./traces.ts";

export const slugs = Array.from({ length: 10 }, (_, index) => `one-of-ten-${index}`);
export const removedByHand = "one-of-ten-9";
const deletedByApi = slugs.filter((slug) => slug !== removedByHand);

export async function tenLives() {
  await cloudflare.clearCalls();
  const accepted = await Promise.all(slugs.map(create));
  const ready = await Promise.all(slugs.map((slug) => whenStatus(slug, "ready")));
  const calls = await cloudflare.calls();
  const seen = await visitAll(ready.map(({ hostname }) => hostname));
  const kept = await secrets();
  const whileReady = { remains: await remainsOf(slugs), written: await everythingWritten() };

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
    after: { remains: await remainsOf(slugs), written: await everythingWritten() },
  };
}

const visitAll = (hostnames: string[]) =>
  Promise.all(
    hostnames.map(async (hostname) => ({
      health: await visit(hostname, "/health"),
      identity: await visit(hostname, "/identity"),
      echoed: await echo(hostname, `hello ${hostname}`),
    })),
  );

/** The removal of a row that was deleted by hand shows only here: its row went first. */
const whenAudited = () =>
  vi.waitFor(async () => {
    const entries = (await scan(output("AuditTableName"))).filter(({ slug }) => slugs.includes(String(slug)));
    if (entries.length < slugs.length)
      throw new Error(`${entries.length} of ${slugs.length} removals are audited`);
    return entries;
  }, patience);

export type TenLives = Awaited<ReturnType<typeof tenLives>>;
