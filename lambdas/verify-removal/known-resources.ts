// What a removal accounts for. Ids come from the row and from the delete tasks; when the row is gone and a task found
// nothing any more, our own name for the resource stands in, so that an entry never leaves one out.
import { hostname, type TenantKey, tenantSecrets, tunnelName } from "../../core/tenant/names.ts";
import type { Resource } from "../../core/tenant/removal.ts";
import type { TenantResources } from "../../core/tenant/tenant.ts";

export const knownResources = (
  key: TenantKey,
  env: { BASE_DOMAIN: string; VOLUME_RETENTION: string },
  row: TenantResources,
  seen: Resource[],
): Resource[] => {
  const secrets = tenantSecrets(key).map((id) => ({ kind: "secret" as const, id }));
  const known = unique([...fromRow(row, env.VOLUME_RETENTION), ...seen, ...secrets]);
  const named: Resource[] = [
    { kind: "dns-record", id: hostname(key.slug, env.BASE_DOMAIN) },
    { kind: "tunnel", id: tunnelName(key) },
  ];
  return [...known, ...named.filter(({ kind }) => !known.some((resource) => resource.kind === kind))];
};

const fromRow = (row: TenantResources, retention: string): Resource[] => {
  const kept = retention === "retain";
  const all: [Resource["kind"], string | undefined][] = [
    ["dns-record", row.dnsRecordId],
    ["tunnel", row.tunnelId],
    ["instance", row.instanceId],
    ["volume", kept ? undefined : row.volumeId],
  ];
  return all.flatMap(([kind, id]) => (id ? [{ kind, id }] : []));
};

const unique = (resources: Resource[]): Resource[] => [
  ...new Map(resources.map((resource) => [`${resource.kind} ${resource.id}`, resource])).values(),
];
