// What was done about a tenant, as the audit has it.
import { paginateQuery } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Incarnation } from "../tenant/names.ts";
import { documentClient } from "../tenant/tenant-store.ts";

const common = { entry: z.string(), at: z.iso.datetime() };
const resource = z.object({ kind: z.string(), id: z.string() });

/** As core/audit/audit-log.ts writes them. */
const auditedEntry = z.discriminatedUnion("reason", [
  z.object({
    ...common,
    reason: z.literal("repair"),
    rung: z.string(),
    outcome: z.string(),
    healthy: z.boolean(),
    evidence: z.string(),
    detail: z.string().optional(),
  }),
  z.object({ ...common, reason: z.literal("last-words"), lastWords: z.array(z.string()) }),
  z.object({
    ...common,
    reason: z.enum(["delete", "removed", "compensation"]),
    resources: z.array(resource),
  }),
]);
export type AuditedEntry = z.output<typeof auditedEntry>;

export interface AuditTrail {
  /** Of one incarnation alone: who had the slug before is nobody's business. The newest first. */
  of(incarnation: Incarnation): Promise<AuditedEntry[]>;
}

export const auditTrail = (table: string, client = documentClient()): AuditTrail => ({
  of: async ({ slug, generation }) => {
    const query = {
      TableName: table,
      KeyConditionExpression: "slug = :slug AND begins_with(entry, :generation)",
      ExpressionAttributeValues: { ":slug": slug, ":generation": `${generation}#` },
    };
    const found: AuditedEntry[] = [];
    for await (const { Items = [] } of paginateQuery({ client }, query)) {
      found.push(...Items.flatMap((item) => auditedEntry.safeParse(item).data ?? []));
    }
    return found.sort((one, other) => (positionOf(one) < positionOf(other) ? 1 : -1));
  },
});

/** By time, and never the same for two. */
export const positionOf = ({ at, entry }: AuditedEntry): string => `${at} ${entry}`;
