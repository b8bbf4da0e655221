// Everything of one incarnation that any cloud still shows, found by marker and not by what we believe its ids to be.
import type * as z from "zod";
import type { Instances } from "../../core/aws/instances.ts";
import type { Parameters } from "../../core/aws/parameters.ts";
import { outlivesTenant, type Snapshots } from "../../core/aws/snapshots.ts";
import type { Volumes } from "../../core/aws/volumes.ts";
import type { DnsRecords } from "../../core/cloudflare/dns-records.ts";
import type { Tunnels } from "../../core/cloudflare/tunnels.ts";
import { dnsMarker, hostname, type TenantKey, tenantSecrets, tunnelName } from "../../core/tenant/names.ts";
import type { Resource } from "../../core/tenant/removal.ts";
import type { task } from "./task.ts";

export interface Clouds {
  dns: Pick<DnsRecords, "find">;
  tunnels: Pick<Tunnels, "find">;
  instances: Pick<Instances, "find">;
  volumes: Pick<Volumes, "find">;
  snapshots: Pick<Snapshots, "find">;
  parameters: Pick<Parameters, "exists">;
}

type Environment = Pick<z.output<typeof task.environment>, "BASE_DOMAIN" | "VOLUME_RETENTION">;

/** Two Cloudflare calls. Data that the stage retains does not count, nor the last copy where it keeps that. */
export const remaining = async (key: TenantKey, env: Environment, clouds: Clouds): Promise<Resource[]> => {
  const [records, tunnelId, machines, disks, copies, secrets] = await Promise.all([
    clouds.dns.find(hostname(key.slug, env.BASE_DOMAIN)),
    clouds.tunnels.find(tunnelName(key)),
    clouds.instances.find(key),
    clouds.volumes.find(key),
    clouds.snapshots.find(key),
    existing(tenantSecrets(key), clouds.parameters),
  ]);
  return [
    ...as(
      "dns-record",
      records.filter(({ comment }) => comment === dnsMarker(key)),
    ),
    ...as("tunnel", tunnelId ? [{ id: tunnelId }] : []),
    ...as(
      "instance",
      machines.filter(({ state }) => state !== "terminated"),
    ),
    ...as(
      "volume",
      disks.filter(({ role }) => role === "root" || env.VOLUME_RETENTION !== "retain"),
    ),
    ...as(
      "snapshot",
      copies.filter((copy) => !outlivesTenant(copy, env.VOLUME_RETENTION)),
    ),
    ...as(
      "secret",
      secrets.map((id) => ({ id })),
    ),
  ];
};

const existing = async (names: string[], parameters: Clouds["parameters"]): Promise<string[]> => {
  const found = await Promise.all(names.map(async (name) => ((await parameters.exists(name)) ? [name] : [])));
  return found.flat();
};

const as = (kind: Resource["kind"], found: { id: string }[]): Resource[] =>
  found.map(({ id }) => ({ kind, id }));
