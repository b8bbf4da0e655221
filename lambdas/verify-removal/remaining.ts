// Everything of one incarnation that any cloud still shows: found by marker, and by every id that was ever written down, for
// a resource that lost its marker is no less there.
import type * as z from "zod";
import type { Instances } from "../../core/aws/instances.ts";
import type { Parameters } from "../../core/aws/parameters.ts";
import { outlivesTenant, type Snapshots } from "../../core/aws/snapshots.ts";
import type { Volumes } from "../../core/aws/volumes.ts";
import { withNamed } from "../../core/not-shown.ts";
import { type TenantKey, tenantSecrets } from "../../core/tenant/names.ts";
import type { Resource } from "../../core/tenant/removal.ts";
import { type AtCloudflare, type Remaining, remainingAtCloudflare } from "./remaining-at-cloudflare.ts";
import type { task } from "./task.ts";

export interface Clouds extends AtCloudflare {
  instances: Pick<Instances, "find" | "look">;
  volumes: Pick<Volumes, "find" | "look">;
  snapshots: Pick<Snapshots, "find">;
  parameters: Pick<Parameters, "exists">;
}

type Environment = Pick<z.output<typeof task.environment>, "BASE_DOMAIN" | "VOLUME_RETENTION">;

/**
 * At most four Cloudflare calls. Data that the stage retains does not count, nor the last copy where it keeps that.
 * @param known by the row, and by the tasks of this removal
 */
export const remaining = async (
  key: TenantKey,
  known: Resource[],
  env: Environment,
  clouds: Clouds,
): Promise<Remaining> => {
  const [atCloudflare, machines, disks, copies, secrets] = await Promise.all([
    remainingAtCloudflare(key, known, env, clouds),
    shown(key, idsOf(known, "instance"), clouds.instances),
    shown(key, idsOf(known, "volume"), clouds.volumes),
    clouds.snapshots.find(key),
    existing(tenantSecrets(key), clouds.parameters),
  ]);
  const volumes = disks.filter(({ role }) => role === "root" || env.VOLUME_RETENTION !== "retain");
  const left = [
    ...atCloudflare.left,
    ...as(
      "instance",
      machines.filter(({ state }) => state !== "terminated"),
    ),
    ...as("volume", volumes),
    ...as(
      "snapshot",
      copies.filter((copy) => !outlivesTenant(copy, env.VOLUME_RETENTION)),
    ),
    ...as(
      "secret",
      secrets.map((id) => ({ id })),
    ),
  ];
  return { left, kept: atCloudflare.kept };
};

const idsOf = (known: Resource[], kind: Resource["kind"]): string[] =>
  known.filter((one) => one.kind === kind).map(({ id }) => id);

/** What carries our tags, and what has one of the ids and no tags that say whose else it is. */
const shown = async <T extends { id: string }>(
  key: TenantKey,
  ids: string[],
  at: { find(of: TenantKey): Promise<T[]>; look(id: string, of: TenantKey): Promise<T | undefined> },
): Promise<T[]> => withNamed(await at.find(key), ids, (id) => at.look(id, key));

const existing = async (names: string[], parameters: Clouds["parameters"]): Promise<string[]> => {
  const found = await Promise.all(names.map(async (name) => ((await parameters.exists(name)) ? [name] : [])));
  return found.flat();
};

const as = (kind: Resource["kind"], found: { id: string }[]): Resource[] =>
  found.map(({ id }) => ({ kind, id }));
