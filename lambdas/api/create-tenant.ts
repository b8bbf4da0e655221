// POST /tenants: one write that says what should exist. The table's stream starts the work.
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { ulid } from "ulid";
import * as z from "zod";
import { type Clock, timestamp } from "../../core/clock.ts";
import { purpose } from "../../core/tenant/purpose.ts";
import { slugSchema } from "../../core/tenant/slug.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { callerOf } from "./caller.ts";
import { type KeyRecord, keyReused, requestKey } from "./idempotency.ts";
import type { Present } from "./presentation.ts";
import { Problem } from "./problem.ts";
import { parseBody } from "./request-body.ts";
import { accepted } from "./responses.ts";
import type { Route } from "./route.ts";
import type { CreateRow } from "./row-creation.ts";
import { freeSlugSchema } from "./slug.ts";
import type { TenantRegistry } from "./tenant-registry.ts";

export interface CreateTenantDeps {
  env: { RESERVED_SLUGS: readonly string[] };
  createRow: CreateRow;
  present: Present;
  registry: Pick<TenantRegistry, "get">;
  clock: Clock;
}

/** Which names are reserved is the stage's to say. */
export const creation = z
  .strictObject({ slug: slugSchema, ...purpose.shape }, "an object")
  .meta({ id: "TenantCreation" });

const DAY_IN_SECONDS = 24 * 60 * 60;

export const createTenant = ({ env, createRow, registry, present, clock }: CreateTenantDeps): Route => {
  const body = creation.extend({ slug: freeSlugSchema(env.RESERVED_SLUGS) });

  return async ({ event }) => {
    const request = parseBody(event, body);
    const row = newRow(request, callerOf(event), clock);
    const outcome = await createRow(row, keyRecordOf(event, request, row, clock));
    if (outcome.outcome === "created") return accepted(await present.one(event, row));
    if (outcome.outcome === "reused") throw keyReused();
    if (outcome.outcome === "taken") throw taken(row.slug, await registry.get(row.slug));
    // The request asked for a tenant, and this one is about to end: nothing that goes on is what was asked for.
    if (outcome.row.status === "deleting") throw taken(row.slug, outcome.row);
    return accepted(await present.one(event, outcome.row));
  };
};

const newRow = (request: z.output<typeof creation>, caller: string, clock: Clock): Tenant => {
  const createdAt = timestamp(clock);
  return {
    ...request,
    generation: ulid(clock.now()),
    status: "provisioning",
    createdAt,
    updatedAt: createdAt,
    steps: {},
    resources: {},
    deletions: 0,
    queue: "provision-tenant",
    queuedAt: createdAt,
    requestedBy: request.owner ?? caller,
  };
};

/** What a repetition of this request is told from, for a day. */
const keyRecordOf = (
  event: APIGatewayProxyEventV2,
  request: object,
  { slug, generation }: Tenant,
  clock: Clock,
): KeyRecord | undefined => {
  const key = requestKey(event, request);
  const expiresAt = Math.floor(clock.now() / 1000) + DAY_IN_SECONDS;
  return key && { ...key, slug, generation, expiresAt };
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
