import { describe, expect, it } from "vitest";
import type { RemovalEntry } from "../../core/audit/audit-log.ts";
import type { DnsRecord } from "../../core/cloudflare/dns-records.ts";
import { ResourceStillThereError } from "../../core/errors.ts";
import { dnsMarker, tenantSecrets, tunnelName } from "../../core/tenant/names.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { memoryParameters } from "../../test/support/memory/memory-parameters.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { incarnation, sampleRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { verifyRemoval } from "./verify-removal.ts";

const NOW = "2026-11-22T12:00:00.000Z";
const secrets = tenantSecrets(tenantKey);
const [tokenParameter = ""] = secrets;
const resources = {
  tunnelId: "t-1",
  tokenParameter,
  instanceId: "i-1",
  availabilityZone: "zone-a",
  volumeId: "vol-1",
  dnsRecordId: "r-1",
};
const input = { ...taskInput, reason: "delete" as const, execution: "acme-delete-1", seen: [] };

type Retention = "delete" | "snapshot" | "retain";

const world = (VOLUME_RETENTION: Retention = "delete") => {
  const ec2 = memoryEc2({});
  ec2.machines.push({ id: "i-1", zone: "zone-a", state: "terminated", of: tenantKey });
  const audited: RemovalEntry[] = [];
  return {
    ec2,
    audited,
    env: { BASE_DOMAIN: "example.test", VOLUME_RETENTION },
    tenants: memoryTenants([sampleRow({ status: "deleting", resources })]),
    dns: {
      find: async () => [{ id: "r-2", type: "CNAME", content: "", comment: "mine", proxied: true }],
      look: async (): Promise<DnsRecord | undefined> => undefined,
    },
    tunnels: {
      find: async (): Promise<string | undefined> => undefined,
      look: async (): Promise<{ name: string } | undefined> => undefined,
    },
    instances: ec2.instances,
    volumes: ec2.volumes,
    snapshots: ec2.snapshots,
    parameters: memoryParameters(),
    audit: {
      append: async (entry: RemovalEntry) => {
        if (!audited.some((existing) => existing.entry === entry.entry)) audited.push(entry);
      },
    },
    clock: stillClock(),
  };
};

describe("verify-removal", () => {
  it("writes down every resource of the row with the time it was seen absent", async () => {
    const deps = world();

    const output = await verifyRemoval(input, deps);

    expect(output.resources).toEqual([
      { kind: "dns-record", id: "r-1", seenAbsentAt: NOW },
      { kind: "tunnel", id: "t-1", seenAbsentAt: NOW },
      { kind: "instance", id: "i-1", seenAbsentAt: NOW },
      { kind: "volume", id: "vol-1", seenAbsentAt: NOW },
      ...secrets.map((id) => ({ kind: "secret", id, seenAbsentAt: NOW })),
    ]);
    const entry = `${incarnation.generation}#acme-delete-1`;
    expect(deps.audited).toEqual([
      { slug: "acme", entry, at: NOW, reason: "delete", resources: output.resources },
    ]);
  });

  it("leaves none out where the row is deleted: what was seen, else our own names", async () => {
    const deps = { ...world(), tenants: memoryTenants() };

    const { resources: deleted } = await verifyRemoval(
      {
        ...input,
        seen: [
          { kind: "instance", id: "i-1" },
          { kind: "tunnel", id: "t-1" },
        ],
      },
      deps,
    );

    expect(deleted.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      "instance i-1",
      "tunnel t-1",
      ...secrets.map((id) => `secret ${id}`),
      "dns-record acme.example.test",
    ]);
  });

  it.each<[string, (deps: ReturnType<typeof world>) => void, string]>([
    [
      "a DNS record",
      (deps) => {
        const ours = { id: "r-1", type: "CNAME", content: "", comment: dnsMarker(tenantKey), proxied: true };
        deps.dns.find = async () => [ours];
      },
      "dns-record r-1",
    ],
    [
      "a tunnel",
      (deps) => {
        deps.tunnels.find = async () => "t-1";
      },
      "tunnel t-1",
    ],
    [
      "a record that a listing lacks and that has another comment",
      (deps) => {
        const content = "t-1.cfargotunnel.com";
        deps.dns.look = async () => ({ id: "r-1", type: "CNAME", content, comment: "", proxied: true });
      },
      "dns-record r-1",
    ],
    [
      "a tunnel that was renamed",
      (deps) => {
        deps.tunnels.look = async () => ({ name: "old-acme" });
      },
      "tunnel t-1",
    ],
    [
      "a machine without tags",
      (deps) => {
        const of = { ...tenantKey, generation: "" };
        deps.ec2.machines = [{ id: "i-1", zone: "zone-a", state: "running", of }];
      },
      "instance i-1",
    ],
    [
      "a data volume without tags",
      (deps) => {
        const of = { ...tenantKey, generation: "" };
        deps.ec2.disks.push({ id: "vol-1", zone: "", state: "available", role: "replaced", of });
      },
      "volume vol-1",
    ],
    [
      "a machine",
      (deps) => {
        deps.ec2.machines = [{ id: "i-1", zone: "zone-a", state: "shutting-down", of: tenantKey }];
      },
      "instance i-1",
    ],
    [
      "a root volume",
      (deps) =>
        void deps.ec2.disks.push({ id: "vol-r", zone: "", state: "in-use", role: "root", of: tenantKey }),
      "volume vol-r",
    ],
    ...secrets.map((name): [string, (deps: ReturnType<typeof world>) => void, string] => [
      `the secret ${name.split("/").at(-1)}`,
      (deps) => void deps.parameters.stored.set(name, { value: "", tags: {} }),
      `secret ${name}`,
    ]),
  ])("does not take %s for deleted that is still there, and writes nothing down", async (_, leave, named) => {
    const deps = world();
    leave(deps);

    const verifying = verifyRemoval(input, deps);

    await expect(verifying).rejects.toBeInstanceOf(ResourceStillThereError);
    await expect(verifying).rejects.toThrow(`Not deleted yet: ${named}.`);
    expect(deps.audited).toEqual([]);
  });

  it.each<[Retention, number]>([
    ["delete", 1],
    ["snapshot", 1],
    ["retain", 0],
  ])("with the policy %s, counts a data volume that is still there as %i", async (retention, count) => {
    const deps = world(retention);
    const disk = { zone: "zone-a", state: "available", of: tenantKey };
    deps.ec2.disks.push({ ...disk, id: "vol-1", role: "data" }, { ...disk, id: "vol-0", role: "replaced" });

    const outcome = await verifyRemoval(input, deps).catch((error) => error);

    expect(outcome instanceof ResourceStillThereError ? 1 : 0).toBe(count);
    expect(JSON.stringify(deps.audited)).not.toMatch(/vol-[01]/);
  });

  it.each([
    ["delete", "snap-1, snapshot snap-2"],
    ["snapshot", "snap-1"],
    ["retain", undefined],
  ] as const)(
    "with the policy %s, takes %s for left over of a last and another copy",
    async (retention, left) => {
      const deps = world(retention);
      await deps.snapshots.ensure(tenantKey, "vol-1", { attempt: 1 });
      await deps.snapshots.ensure(tenantKey, "vol-1", "removal");

      const outcome = await verifyRemoval(input, deps).catch((error: Error) => error.message);

      if (left) expect(outcome).toContain(`Not deleted yet: snapshot ${left}.`);
      else expect(outcome).toHaveProperty("resources");
    },
  );

  it("names what was ours once, and audits it as kept and not as gone", async () => {
    const deps = world();
    const content = "elsewhere.example.org";
    deps.dns.look = async () => ({ id: "r-1", type: "CNAME", content, comment: "", proxied: true });

    const { resources: gone, kept } = await verifyRemoval(input, deps);

    expect(gone.map(({ kind }) => kind)).not.toContain("dns-record");
    expect(kept).toMatchObject([{ kind: "dns-record", id: "r-1" }]);
    expect(kept[0]?.reason).toContain(content);
    expect(deps.audited).toMatchObject([{ kept }]);
  });

  it("believes no listing of a tunnel by another name", async () => {
    const deps = world();
    let asked = "";
    const find = async (name?: string) => {
      asked = name ?? "";
      return undefined;
    };

    await verifyRemoval(input, { ...deps, tunnels: { ...deps.tunnels, find } });

    expect(asked).toBe(tunnelName(tenantKey));
  });

  it("writes one entry when it crashes after any of its effects", async () => {
    const worlds: ReturnType<typeof world>[] = [];
    const fresh = async () => {
      const { ec2, audited, ...deps } = world();
      worlds.push({ ec2, audited, ...deps });
      return deps;
    };

    await surviveCrashes(
      fresh,
      (deps) => verifyRemoval(input, deps),
      async () => expect(worlds.at(-1)?.audited).toHaveLength(1),
    );
  });
});
