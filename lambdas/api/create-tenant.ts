// POST /tenants: one write that says what should exist. The table's stream starts the work.
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { ulid } from "ulid";
import * as z from "zod";
import { type Clock, timestamp } from "../../core/clock.ts";
import { hostname } from "../../core/tenant/names.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import type { Route } from "./api-handler.ts";
import { type KeyRecord, keyReused, requestKey } from "./idempotency.ts";
import { Problem } from "./problem.ts";
import { parseBody } from "./request-body.ts";
import { accepted } from "./responses.ts";
import type { CreateRow } from "./row-creation.ts";
import { slugSchema } from "./slug.ts";
import type { TenantRegistry } from "./tenant-registry.ts";

export interface CreateTenantDeps {
  env: { BASE_DOMAIN: string; RESERVED_SLUGS: readonly string[] };
  createRow: CreateRow;
  registry: Pick<TenantRegistry, "get">;
  clock: Clock;
}

const DAY_IN_SECONDS = 24 * 60 * 60;

export const createTenant = ({ env, createRow, registry, clock }: CreateTenantDeps): Route => {
  const body = z.strictObject({ slug: slugSchema(env.RESERVED_SLUGS) }, "an object");

  return async (event) => {
    const request = parseBody(event, body);
    const createdAt = timestamp(clock);
    const row = newRow({ slug: request.slug, generation: ulid(clock.now()), createdAt }, env.BASE_DOMAIN);
    const key = keyRecordOf(event, request, row, clock);
    const creation = await createRow(row, key);
    if (creation.outcome === "taken") throw taken(row.slug, await registry.get(row.slug));
    if (creation.outcome === "created") return accepted(row);
    if (creation.earlier.fingerprint !== key?.fingerprint) throw keyReused();
    return accepted(newRow(creation.earlier, env.BASE_DOMAIN));
  };
};

type Beginning = Pick<Tenant, "slug" | "generation" | "createdAt">;

const newRow = ({ slug, generation, createdAt }: Beginning, baseDomain: string): Tenant => ({
  slug,
  generation,
  status: "provisioning",
  hostname: hostname(slug, baseDomain),
  createdAt,
  updatedAt: createdAt,
  steps: {},
  resources: {},
  deletions: 0,
});

/** What a repetition of this request is answered from, for a day. */
const keyRecordOf = (
  event: APIGatewayProxyEventV2,
  request: object,
  { slug, generation, createdAt }: Tenant,
  clock: Clock,
): KeyRecord | undefined => {
  const key = requestKey(event, request);
  const expiresAt = Math.floor(clock.now() / 1000) + DAY_IN_SECONDS;
  return key && { ...key, slug, generation, createdAt, expiresAt };
};

const taken = (slug: string, row: Tenant | undefined): Problem => {
  if (row?.status === "deleting") {
    return new Problem({
      status: 409,
      type: "tenant-being-deleted",
      title: "A tenant of this slug is being deleted",
      detail: `Wait until GET /tenants/${slug} answers 404, then send the request again.`,
    });
  }
  const advice = row?.status === "failed" ? "Its provisioning failed: delete it, then" : "Choose another, or";
  return new Problem({
    status: 409,
    type: "slug-taken",
    title: "The slug is taken",
    detail: `There is a tenant ${slug} already. ${advice} look at GET /tenants/${slug}.`,
  });
};
