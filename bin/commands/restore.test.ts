import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import production from "../../config/production.example.json" with { type: "json" };
import staging from "../../config/staging.example.json" with { type: "json" };
import { startTestRestore, type TestRestore, type TestTenant } from "../../test/support/test-restore.ts";
import { runWarren } from "../../test/support/test-session.ts";

let cloud: TestRestore;
let directory: string;
let printed: string[];

const configure = (changes: object = {}): void =>
  writeFileSync(
    join(directory, "staging.json"),
    JSON.stringify({ ...staging, account: cloud.account, ...changes }),
  );

beforeAll(async () => {
  cloud = await startTestRestore();
});
afterAll(() => cloud.close());
beforeEach(() => {
  printed = [];
  directory = mkdtempSync(join(tmpdir(), "warren-config-"));
  configure();
  vi.stubEnv("AWS_ENDPOINT_URL", cloud.endpoints.aws);
  vi.stubEnv("AWS_ENDPOINT_URL_EC2", cloud.endpoints.ec2);
  vi.stubEnv("AWS_ACCESS_KEY_ID", cloud.credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", cloud.credentials.secretAccessKey);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

const run = async (...args: string[]) => {
  const result = await runWarren(["restore", ...args], { configDirectory: directory });
  printed.push(...result.stdout.split("\n").slice(0, -1));
  return result;
};

/** What stands for the workflow: replaces the machine once the row wants it. */
const replaceWhenOrdered = async (tenant: TestTenant): Promise<string> => {
  const row = await vi.waitUntil(
    async () => {
      const row = await cloud.rowOf(tenant);
      return row?.status === "repairing" && row;
    },
    { timeout: 20_000, interval: 50 },
  );
  return cloud.replaceMachine(tenant.key, row);
};

const minute = (snapshotId: string): string =>
  (cloud.world.snapshots.get(snapshotId)?.startedAt.toISOString() ?? "").slice(0, 16).replace("T", " ");

describe("warren restore", () => {
  it("lists a tenant's snapshots, newest first, and says of each what it is of", async () => {
    const tenant = await cloud.newTenant();
    const { key, volumeId, snapshotId: daily } = tenant;
    const { slug } = key;
    const before = await cloud.snapshot(key, volumeId, "replacement");
    const old = await cloud.snapshot(key, volumeId, "removal");
    const pending = await cloud.snapshot(key, volumeId, "mine");
    const { snapshots } = cloud.world;
    snapshots.get(old)?.tags.set("warren:generation", "01KAAAAAAA5X0H3V0PM8NYQJ5D");
    snapshots.get(pending)?.tags.delete("warren:generation");
    Object.assign(snapshots.get(pending) ?? {}, { state: "pending" });
    for (const [age, id] of [pending, daily, before, old].entries())
      Object.assign(snapshots.get(id) ?? {}, { startedAt: new Date(Date.UTC(2026, 10, 22 - age, 3, 4)) });
    cloud.world.volumes.get(volumeId)?.tags.set("warren:volume", "replaced");

    await run("staging", slug);

    expect(printed).toEqual([
      `Snapshots of ${slug} on staging, newest first:`,
      `  ${pending}, 2026-11-22 03:04 UTC, 10 GiB, by hand, pending 0%, of ${volumeId} (put aside)`,
      `  ${daily}, 2026-11-21 03:04 UTC, 10 GiB, daily, of ${volumeId} (put aside)`,
      `  ${before}, 2026-11-20 03:04 UTC, 10 GiB, before a replacement, of ${volumeId} (put aside)`,
      `  ${old}, 2026-11-19 03:04 UTC, 10 GiB, at removal, of ${volumeId} (an earlier incarnation's)`,
      `Put aside by a restore, and kept: ${volumeId}`,
      `To restore one: npm run restore -- staging ${slug} <snapshot id>`,
    ]);
  });

  it("lists what is left of a tenant that is removed", async () => {
    await run("staging", "nobody");

    expect(printed).toEqual([
      "There is no tenant nobody on staging now.",
      "There are no snapshots of nobody on staging.",
    ]);
  });

  it("restores, tells what happens, and what can be done with the data from before", async () => {
    const tenant = await cloud.newTenant();
    const { key, snapshotId, instanceId, volumeId } = tenant;

    const [launched] = await Promise.all([
      replaceWhenOrdered(tenant),
      run("staging", key.slug, snapshotId, "--yes"),
    ]);

    const made = Object.keys(cloud.roles(key)).find((id) => id !== volumeId);
    const zone = cloud.world.volumes.get(volumeId)?.zone;
    expect(printed).toEqual([
      `${key.slug} on staging, from ${snapshotId}: ${minute(snapshotId)} UTC, 10 GiB, daily.`,
      `Filling ${made} (10 GiB, ${zone}) from ${snapshotId}.`,
      `Putting ${volumeId} aside: it is kept as it is.`,
      `${made} is the data of ${key.slug} now.`,
      `Ending ${instanceId}, without the restored volume.`,
      `Ordered a repair of ${key.slug}.`,
      `Restored: ${key.slug} is ready on ${launched}, with ${made}.`,
      `The data from before is on ${volumeId}, which is kept.`,
      "To go back to it: docs/runbook.md, section Restore a tenant's data.",
      `To delete it for good: aws ec2 delete-volume --volume-id ${volumeId}`,
    ]);
  });

  it("does not wait for the new machine when told so, and says how to", async () => {
    const { key, snapshotId } = await cloud.newTenant();

    await run("staging", key.slug, snapshotId, "--no-wait", "--yes");

    expect(printed).toContainEqual(
      expect.stringMatching(`To wait for it: npm run restore -- staging ${key.slug} ${snapshotId}$`),
    );
  });

  it("says that there is nothing to do, and how to do it all the same", async () => {
    const tenant = await cloud.newTenant();
    const { key, snapshotId } = tenant;
    await run("staging", key.slug, snapshotId, "--no-wait", "--yes");
    const launched = await replaceWhenOrdered(tenant);
    printed = [];

    await run("staging", key.slug, snapshotId, "--yes");

    expect(printed.slice(1)).toEqual([
      expect.stringMatching(
        `^Nothing to do: vol-.*, which ${launched} uses, was restored from it before\\.$`,
      ),
      `To restore it once more, and put aside what was written since: npm run restore -- staging ${key.slug} ${snapshotId} --again`,
    ]);
  });

  it.each([
    ["y", 0, /^$/, "repairing"],
    ["n", 1, /Nothing was changed\.\n$/, "ready"],
    ["", 1, /Nothing was changed\.\n$/, "ready"],
  ])(
    "asks before it changes anything; the answer %j ends it with %i",
    async (answer, exitCode, told, status) => {
      const tenant = await cloud.newTenant();
      const { key, snapshotId, volumeId } = tenant;

      const command = ["restore", "staging", key.slug, snapshotId, "--no-wait"];
      const result = await runWarren(command, { configDirectory: directory, answer });

      const [question, rest] = result.stderr.split("[y/N] ");
      expect(question).toBe(
        `Give ${key.slug} this data, on a new machine? What it has now stays on ${volumeId}. `,
      );
      expect(rest).toMatch(told);
      expect(result.exitCode).toBe(exitCode);
      expect((await cloud.rowOf(tenant))?.status).toBe(status);
    },
  );

  it("lists as JSON", async () => {
    const { key, volumeId, snapshotId } = await cloud.newTenant();

    const { stdout } = await run("staging", key.slug, "--json");

    expect(JSON.parse(stdout)).toMatchObject({
      stage: "staging",
      slug: key.slug,
      generation: key.generation,
      snapshots: [{ id: snapshotId, sizeGib: 10, occasion: "daily", volumeId, volumeIs: "in use" }],
      putAside: [],
    });
  });

  it("restores with JSON alone on stdout, and tells the rest on stderr", async () => {
    const { key, volumeId, snapshotId } = await cloud.newTenant();

    const result = await run("staging", key.slug, snapshotId, "--no-wait", "--json", "--yes");

    expect(JSON.parse(result.stdout)).toEqual({
      volumeId: expect.stringMatching(/^vol-/),
      previousId: volumeId,
      already: false,
    });
    expect(result.stderr).toContain(`Ordered a repair of ${key.slug}.`);
  });

  it("refuses another account's credentials", async () => {
    configure({ account: "123456789012" });

    expect(await run("staging", "acme")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `These are credentials of ${cloud.account}, but staging is in 123456789012. Log in there.\n`,
    });
  });

  it("says so when the stage is not deployed", async () => {
    writeFileSync(
      join(directory, "production.json"),
      JSON.stringify({ ...production, account: cloud.account }),
    );

    expect(await run("production", "acme")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "There is no stack Warren-production-Data in eu-central-1: npm run deploy -- production\n",
    });
  });
});
