// What Cloudflare accepts as a DNS record, and which records exclude each other.
import { randomBytes } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";
import * as z from "zod";
import type { DnsRecord, Zone } from "../state/model.ts";
import {
  type ApiError,
  cnameOnHost,
  hostTaken,
  identicalRecord,
  invalidRecord,
  recordExists,
  recordQuotaExceeded,
} from "./errors.ts";

/** Free zones; Pro and Business have 3,500. Source: facts/cloudflare.md. */
export const FREE_RECORD_QUOTA = 200;
const MAX_COMMENT = 100;
const MAX_NAME = 255;
const HOSTNAME = /^([\w*-]{1,63}\.)*[\w-]{1,63}$/;

const ttl = z.int().refine((value) => value === 1 || (value >= 60 && value <= 86_400), {
  error: "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic",
});

export const recordBody = z.object({
  type: z.enum(["A", "AAAA", "CNAME", "TXT"]),
  name: z.string().min(1).max(MAX_NAME),
  content: z.string().min(1),
  ttl,
  proxied: z.boolean().optional(),
  comment: z.string().max(MAX_COMMENT, `a free zone allows ${MAX_COMMENT} characters`).nullish(),
  tags: z.array(z.string()).max(0, "DNS record tags exceed the quota of 0 of a free zone").optional(),
});
export type RecordBody = z.infer<typeof recordBody>;

export const recordPatch = recordBody.partial();

/** A name outside the zone is taken as relative to it, as Cloudflare does; "@" is the zone itself. */
const completeName = (name: string, zone: Zone): string => {
  const lower = name.toLowerCase().replace(/\.$/, "");
  if (lower === "@" || lower === zone.name) return zone.name;
  return lower.endsWith(`.${zone.name}`) ? lower : `${lower}.${zone.name}`;
};

export const newRecord = (body: RecordBody, zone: Zone): DnsRecord => {
  const now = new Date().toISOString();
  const { type, content, ttl, proxied = false, comment = null } = body;
  return {
    id: randomBytes(16).toString("hex"),
    type,
    name: completeName(body.name, zone),
    content,
    // Cloudflare alone decides how long a proxied name lives.
    ttl: proxied ? 1 : ttl,
    proxied,
    comment,
    createdAt: now,
    modifiedAt: now,
  };
};

/** @throws ApiError if the record cannot be, alone or beside the others of its zone */
export const checkRecord = (record: DnsRecord, others: readonly DnsRecord[], quota: number): void => {
  const problem = contentProblem(record) ?? conflict(record, others);
  if (problem) throw problem;
  if (others.length + 1 > quota) throw recordQuotaExceeded();
};

const contentProblem = ({ type, name, content, proxied }: DnsRecord): ApiError | undefined => {
  if (!HOSTNAME.test(name)) return invalidRecord("DNS name is invalid.", 9000);
  if (type === "A" && !isIPv4(content)) {
    return invalidRecord("Content for A record must be a valid IPv4 address.", 9005);
  }
  if (type === "AAAA" && !isIPv6(content)) {
    return invalidRecord("Content for AAAA record must be a valid IPv6 address.", 9006);
  }
  if (type === "CNAME" && (!HOSTNAME.test(content) || content === name)) {
    return invalidRecord("Content for CNAME record is invalid.", 9007);
  }
  if (type === "TXT" && proxied) return invalidRecord("This record type cannot be proxied.", 9004);
  return undefined;
};

const conflict = (record: DnsRecord, others: readonly DnsRecord[]): ApiError | undefined => {
  const sameHost = others.filter(({ name }) => name === record.name);
  const isAddress = record.type === "A" || record.type === "AAAA";
  if (record.type === "CNAME" && sameHost.some(({ type }) => type !== "TXT")) return hostTaken();
  if (isAddress && sameHost.some(({ type }) => type === "CNAME")) return cnameOnHost();
  const same = sameHost.find(({ type, content }) => type === record.type && content === record.content);
  if (!same) return undefined;
  return same.ttl === record.ttl && same.proxied === record.proxied ? identicalRecord() : recordExists();
};
