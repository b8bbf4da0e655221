// Every name derives from stage, slug and generation, so that a task that died after its side effect
// left something that the next attempt, and the removal, find again.
import { stageName } from "../stage-names.ts";
import { tagKeys } from "./tags.ts";

/** One incarnation of a slug: deleted and created again, it is another. */
export interface Incarnation {
  slug: string;
  /** ULID */
  generation: string;
}

/** The same within its stage: what every name is made of. */
export interface TenantKey extends Incarnation {
  stage: string;
}

/** At most 88 characters; unique per incarnation, so a tunnel of this name is ours. */
export const tunnelName = ({ stage, slug, generation }: TenantKey): string =>
  `${tunnelPrefix(stage, slug)}-${generation.toLowerCase()}`;

/** What the names of the tunnels begin with whose slugs begin so; another stage's may begin with it too. */
export const tunnelPrefix = (stage: string, slugStart = ""): string => stageName(stage, slugStart);

/** Every secret that a tenant has: known by name, so that nobody has to be allowed to list them. */
export const secretNames = ["tunnel-token", "admin-token", "database-password"] as const;
export type SecretName = (typeof secretNames)[number];

/** Below it is all that this stage has in Parameter Store. */
export const parametersOf = (stage: string): string => `/warren/${stage}`;

/** Where a secret of this incarnation lives in Parameter Store. */
export const secretParameter = ({ stage, slug, generation }: TenantKey, name: SecretName): string =>
  `${parametersOf(stage)}/tenants/${slug}/${generation}/${name}`;

export const tunnelTokenParameter = (key: TenantKey): string => secretParameter(key, "tunnel-token");

export const tenantSecrets = (key: TenantKey): string[] =>
  secretNames.map((name) => secretParameter(key, name));

/** The comment of our DNS records. Cloudflare allows 100 characters on free zones; this needs 88 at most. */
export const dnsMarker = ({ stage, slug, generation }: TenantKey): string =>
  `warren:${stage}:${slug}:${generation}`;

export const hostname = (slug: string, baseDomain: string): string => `${slug}.${baseDomain}`;

/** Tags on every AWS resource of a tenant; the machine reads them from its metadata service. */
export const tenantTags = ({ stage, slug, generation }: TenantKey): Record<string, string> => ({
  [tagKeys.stage]: stage,
  [tagKeys.slug]: slug,
  [tagKeys.generation]: generation,
});

/** On data volumes: stage and kind in one tag, because Data Lifecycle Manager takes what has any of several tags. */
export const dataVolumeTag = (stage: string): Record<string, string> => ({ [tagKeys.dataOf]: stage });

/** What `aws:userid` is for credentials of this role on this instance, as the parameter's `reader` tag. */
export const secretReader = (roleId: string, instanceId: string): string => `${roleId}:${instanceId}`;

/** One string for an incarnation, as a key; a slug holds no blank. */
export const incarnationKey = ({ slug, generation }: Incarnation): string => `${slug} ${generation}`;
