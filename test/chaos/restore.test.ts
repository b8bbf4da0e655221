// An operator takes a tenant's data back to a snapshot (docs/runbook.md, "Restore a tenant's data").
import { CreateSnapshotCommand } from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { tenantTags } from "../../core/tenant/names.ts";
import { restore, restoreDeps } from "../../operations/restore/restore.ts";
import { ec2, output, tables } from "../support/stage.ts";
import { rowOf } from "../support/tenants.ts";
import { willing } from "../support/test-operator.ts";
import { inventory, member, read, whenReadyAgain, whenServed, write } from "./members.ts";

/** As a daily snapshot is tagged: with what its volume carries. */
const snapshotOf = async (slug: string): Promise<string> => {
  const { generation } = await rowOf(slug);
  const [VolumeId] = (await inventory(slug)).dataVolumes;
  const Tags = Object.entries(tenantTags({ stage: "local", slug, generation })).map(([Key, Value]) => ({
    Key,
    Value,
  }));
  const { SnapshotId = "" } = await ec2.send(
    new CreateSnapshotCommand({ VolumeId, TagSpecifications: [{ ResourceType: "snapshot", Tags }] }),
  );
  return SnapshotId;
};

test("a tenant's data is what it was when the snapshot was taken, on a machine of its own", async () => {
  const tenant = await member(45);
  const { slug } = tenant;
  await write(tenant, "ledger", "before");
  const snapshotId = await snapshotOf(slug);
  await write(tenant, "ledger", "after a mistake");
  const before = await inventory(slug);

  const access = { ec2, documents: tables, tenantsTable: output("TenantsTableName") };
  const deps = restoreDeps(
    access,
    willing(() => undefined),
  );
  const restored = await restore(
    { stage: "local", slug, snapshotId, sizeGib: 1, firstAnswerMinutes: 5 },
    deps,
  );

  await whenServed(tenant);
  const row = await whenReadyAgain(slug);
  expect(await read(tenant, "ledger")).toBe("before");
  expect(restored).toMatchObject({ previousId: before.dataVolumes[0], instanceId: row.resources.instanceId });
  expect(await inventory(slug)).toEqual({
    instances: [restored.instanceId],
    dataVolumes: [restored.volumeId],
  });
});
