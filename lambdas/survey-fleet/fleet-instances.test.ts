import { EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataDevice } from "../../core/machine/machine-contract.ts";
import type { TenantKey } from "../../core/tenant/names.ts";
import { adminCredentials } from "../../local/aws/ministack.ts";
import type { Instance } from "../../local/ec2/world/model.ts";
import {
  fleetAccess,
  fleetTenants,
  type SeededEc2,
  seedInstances,
  startSeededEc2,
} from "../../test/support/ec2/test-fleet.ts";
import { sampleRow } from "../../test/support/sample.ts";
import type { FleetRow } from "./facts.ts";
import { fleetInstances } from "./fleet-instances.ts";

/** More than one page. */
const tenants = fleetTenants("test", 1_200);

describe("the instances of the fleet", () => {
  let ec2: SeededEc2;

  beforeAll(async () => {
    ec2 = await startSeededEc2({ tenants });
    seedInstances(ec2.world, [{ ...(tenants[0] as TenantKey), stage: "other" }]);
  });
  afterAll(() => ec2.close());

  const client = () =>
    new EC2Client({ endpoint: ec2.url, region: ec2.region, credentials: adminCredentials, maxAttempts: 1 });
  const rowOf = (index: number, instanceId = ec2.instanceIds[index]): FleetRow => {
    const { slug, generation } = tenants[index] as TenantKey;
    return { ...sampleRow({ status: "ready", resources: { instanceId } }), slug, generation };
  };
  const report = (rows: FleetRow[] = [], initials?: string[]) =>
    fleetInstances("test", fleetAccess, client()).read(rows, initials);
  const read = async (rows?: FleetRow[], initials?: string[]) => (await report(rows, initials)).of;
  const detachData = (instanceId: string) => {
    for (const { attachment } of ec2.world.volumes.values())
      if (attachment?.instanceId === instanceId && attachment.device === dataDevice)
        attachment.device = "/dev/none";
  };
  const instanceOf = (index: number) => {
    const instance = ec2.world.instances.get(ec2.instanceIds[index] ?? "");
    if (!instance) throw new Error(`no instance ${index}`);
    return instance;
  };

  it("are all known, with zones and checks, for two calls a page", async () => {
    await ec2.admin.clearCalls();

    const of = await read();

    expect(tenants.map((_, index) => of(rowOf(index)))).toEqual(
      tenants.map((_, index) => ({ state: "running", checks: "ok", zone: instanceOf(index).zone })),
    );
    expect((await ec2.admin.calls()).length).toBe(4);
  });

  it("are gone when there is none of the incarnation", async () => {
    const of = await read();

    expect(of({ ...rowOf(0), generation: "01KZZZZZZZ0000000000000000" })).toBe("missing");
    expect(of({ ...rowOf(0), slug: "nobody" })).toBe("missing");
  });

  it("are looked up by the row's id where a tag is missing: not shown is not gone", async () => {
    const lost = ["warren:generation", "warren:stage", "warren:slug"];
    for (const [index, key] of lost.entries()) instanceOf(50 + index).tags.delete(key);
    instanceOf(53).tags.clear();
    const rows = [50, 51, 52, 53].map((index) => rowOf(index));
    await ec2.admin.clearCalls();

    const of = await read(rows);

    const untagged = { state: "running", checks: "ok", drift: "its instance lacks our tags" };
    expect(rows.map(of)).toMatchObject(Array(4).fill(untagged));
    expect((await ec2.admin.calls()).length).toBe(5);
  });

  it.each<[string, number, (of: Instance) => void]>([
    [
      "another instance profile",
      60,
      ({ profile }) => profile && Object.assign(profile, { arn: "arn:other" }),
    ],
    ["no instance profile", 61, (of) => delete of.profile],
    ["another security group", 62, (of) => Object.assign(of, { groups: [{ id: "sg-1", name: "other" }] })],
    ["one more security group", 63, ({ groups }) => groups.push({ id: "sg-1", name: "other" })],
    ["no data volume", 64, ({ instanceId }) => detachData(instanceId)],
  ])("tell what was changed of one: %s", async (_, index, change) => {
    change(instanceOf(index));
    const row = rowOf(index);
    row.resources.volumeId = "vol-1";

    expect((await read())(row)).toMatchObject({ state: "running", drift: expect.any(String) });
    instanceOf(index).state = "stopped";
    expect((await read())(row)).not.toHaveProperty("drift");
  });

  it("are missing when EC2 does not know the row's id either", async () => {
    const row = { ...rowOf(0, "i-0abc"), generation: "01KZZZZZZZ0000000000000000" };

    expect((await read([row]))(row)).toBe("missing");
  });

  it("belong to no row only when they live longer than a removal may need, and no row is of their incarnation", async () => {
    const rows = tenants.map((_, index) => rowOf(index));
    const last = instanceOf(tenants.length - 1);
    const launchedAt = last.launchTime.getTime();

    const { strays } = await report(rows);

    expect(strays(rows, Date.now())).toEqual([]);
    expect(strays(rows.slice(0, -1), launchedAt + 59 * 60_000)).toEqual([]);
    expect(strays(rows.slice(0, -1), launchedAt + 61 * 60_000)).toEqual([last.instanceId]);
  });

  it("tell which status check fails", async () => {
    await ec2.admin.impair({ instanceId: ec2.instanceIds[9] ?? "", check: "instance" });
    await ec2.admin.impair({ instanceId: ec2.instanceIds[10] ?? "", check: "system" });

    const of = await read();

    expect([of(rowOf(9)), of(rowOf(10))]).toMatchObject([{ checks: "impaired" }, { checks: "impaired" }]);
  });

  it("show one that does not run without checks", async () => {
    instanceOf(20).state = "stopped";

    expect((await read())(rowOf(20))).toMatchObject({ state: "stopped", checks: "unknown" });
  });

  it("are judged by the one that the row names, living or not, else by the newest that lives", async () => {
    const [newer, newest] = seedInstances(ec2.world, [tenants[30], tenants[30]] as TenantKey[]);
    if (!newer || !newest) throw new Error("not seeded");
    newer.launchTime = new Date("2026-11-02T10:00:00Z");
    newest.launchTime = new Date("2026-11-03T10:00:00Z");
    newest.state = "terminated";
    newer.zone = "eu-central-1z";

    const of = await read();

    expect(of(rowOf(30))).toMatchObject({ state: "running", zone: instanceOf(30).zone });
    expect(of(rowOf(30, newest.instanceId))).toMatchObject({ state: "terminated" });
    expect(of(rowOf(30, "i-unknown"))).toMatchObject({ state: "running", zone: "eu-central-1z" });
  });

  it("are selected by the slugs' first characters in a fleet of several pages", async () => {
    const of = await read([], ["a", "b"]);
    const others = await read([], ["s", "t"]);

    expect(of(rowOf(40))).toBe("missing");
    expect(others(rowOf(40))).toMatchObject({ state: "running" });
  });

  it.each(["DescribeInstances", "DescribeInstanceStatus"])(
    "are not known at all when %s fails",
    async (action) => {
      await ec2.admin.addFault({ action, code: "InternalError" });

      await expect(read()).rejects.toMatchObject({ name: "InternalError" });
    },
  );
});
