// DNS records: create, list, get, replace, patch, delete, batch.
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import type { DnsRecord } from "../state/model.ts";
import type { CloudflareState } from "../state/state.ts";
import { filterRecords } from "./dns-filters.ts";
import { recordBody, recordPatch } from "./dns-rules.ts";
import { DnsZone } from "./dns-zone.ts";
import { paginate, readBody, success } from "./envelope.ts";
import { invalidRecord } from "./errors.ts";

const LIMITS = { defaultSize: 100, maxSize: 5_000_000 };
/** Free zones; 3,500 on paid ones. Source: facts/cloudflare.md. */
const MAX_BATCH = 200;

const identified = z.object({ id: z.string() });
const batch = z
  .object({
    deletes: z.array(identified).default([]),
    patches: z.array(recordPatch.extend(identified.shape)).default([]),
    puts: z.array(recordBody.extend(identified.shape)).default([]),
    posts: z.array(recordBody).default([]),
  })
  .refine(
    ({ deletes, patches, puts, posts }) =>
      deletes.length + patches.length + puts.length + posts.length <= MAX_BATCH,
    { error: `a batch on a free zone takes ${MAX_BATCH} changes` },
  );

interface ZoneParams {
  zone_id: string;
}
interface RecordParams extends ZoneParams {
  dns_record_id: string;
}

const view = (record: DnsRecord) => ({
  id: record.id,
  type: record.type,
  name: record.name,
  content: record.content,
  proxiable: record.type !== "TXT",
  proxied: record.proxied,
  ttl: record.ttl,
  settings: {},
  meta: {},
  comment: record.comment,
  tags: [],
  created_on: record.createdAt,
  modified_on: record.modifiedAt,
});

export const dnsRoutes = (api: FastifyInstance, state: CloudflareState, quota: number): void => {
  const zone = new DnsZone(state, quota);
  const collection = "/zones/:zone_id/dns_records";
  const item = `${collection}/:dns_record_id`;

  api.post<{ Params: ZoneParams }>(collection, ({ access, params, body }) => {
    access.zone(params.zone_id, "DNS Write");
    return success(view(zone.create(readBody(recordBody, body, invalidRecord))));
  });

  api.get<{ Params: ZoneParams; Querystring: Record<string, string> }>(
    collection,
    ({ access, params, query }) => {
      access.zone(params.zone_id, "DNS Read");
      return paginate(filterRecords(zone.list(), query).map(view), query, LIMITS, invalidRecord);
    },
  );

  api.get<{ Params: RecordParams }>(item, ({ access, params }) => {
    access.zone(params.zone_id, "DNS Read");
    return success(view(zone.get(params.dns_record_id)));
  });

  api.put<{ Params: RecordParams }>(item, ({ access, params, body }) => {
    access.zone(params.zone_id, "DNS Write");
    return success(view(zone.replace(params.dns_record_id, readBody(recordBody, body, invalidRecord))));
  });

  api.patch<{ Params: RecordParams }>(item, ({ access, params, body }) => {
    access.zone(params.zone_id, "DNS Write");
    return success(view(zone.patch(params.dns_record_id, readBody(recordPatch, body, invalidRecord))));
  });

  api.delete<{ Params: RecordParams }>(item, ({ access, params }) => {
    access.zone(params.zone_id, "DNS Write");
    return success({ id: zone.remove(params.dns_record_id).id });
  });

  api.post<{ Params: ZoneParams }>(`${collection}/batch`, ({ access, params, body }) => {
    access.zone(params.zone_id, "DNS Write");
    const wanted = readBody(batch, body, invalidRecord);
    // The order is Cloudflare's: what is deleted makes room for what is posted.
    const changed = zone.transaction(() => ({
      deletes: wanted.deletes.map(({ id }) => view(zone.remove(id))),
      patches: wanted.patches.map(({ id, ...patch }) => view(zone.patch(id, patch))),
      puts: wanted.puts.map(({ id, ...put }) => view(zone.replace(id, put))),
      posts: wanted.posts.map((post) => view(zone.create(post))),
    }));
    return success(changed);
  });
};
