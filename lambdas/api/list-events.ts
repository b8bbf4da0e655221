// GET /tenants/{slug}/events: what was done about a tenant, the newest first.
import * as z from "zod";
import { type AuditedEntry, type AuditTrail, positionOf } from "../../core/audit/audit-trail.ts";
import { isOperator } from "./caller.ts";
import type { eventBody } from "./contract/event-body.ts";
import { next, pagingShape } from "./paging.ts";
import { notFound } from "./problem.ts";
import { parseQuery } from "./request-query.ts";
import { json } from "./responses.ts";
import type { Route } from "./route.ts";
import type { TenantRegistry } from "./tenant-registry.ts";
import { withoutNames } from "./without-names.ts";

export interface ListEventsDeps {
  registry: Pick<TenantRegistry, "get">;
  trail: AuditTrail;
}

type Event = z.output<typeof eventBody>;

export const eventsQuery = z.strictObject(pagingShape);

export const listEvents =
  ({ registry, trail }: ListEventsDeps): Route =>
  async ({ event, params: { slug = "" } }) => {
    const { limit, cursor } = parseQuery(event, eventsQuery);
    const row = await registry.get(slug);
    if (!row) throw notFound(slug);
    const entries = (await trail.of(row)).filter((entry) => !cursor || positionOf(entry) < cursor);
    const page = entries.slice(0, limit);
    const last = entries.length > limit ? page.at(-1) : undefined;
    const show = isOperator(event) ? eventOf : forCustomers;
    return json(200, { events: page.map(show), ...next(last && positionOf(last)) });
  };

const eventOf = (entry: AuditedEntry): Event => {
  const { at } = entry;
  switch (entry.reason) {
    case "repair": {
      const { rung, outcome, healthy, evidence, detail } = entry;
      return {
        at,
        kind: "repair",
        rung,
        outcome,
        healthy,
        text: detail ? `${detail}; ${evidence}` : evidence,
      };
    }
    case "last-words":
      return { at, kind: "last-words", text: entry.lastWords.join("\n") };
    default:
      return {
        at,
        kind: "removal",
        text: `${entry.resources.length} resources were deleted and seen absent`,
      };
  }
};

const forCustomers = (entry: AuditedEntry): Event => {
  const { text, ...event } = eventOf(entry);
  return {
    ...event,
    text: event.kind === "last-words" ? "What the machine said last was kept." : withoutNames(text),
  };
};
