// GET /tenants/{slug}/wait: answers when the tenant has come as far as is asked for, so that no caller polls.
import * as z from "zod";
import { type Clock, poll } from "../../core/clock.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { LONGEST_WAIT } from "./operations.ts";
import type { Present } from "./presentation.ts";
import { notFound } from "./problem.ts";
import { queryNumber } from "./query-number.ts";
import { parseQuery } from "./request-query.ts";
import { json } from "./responses.ts";
import type { Route } from "./route.ts";
import type { TenantRegistry } from "./tenant-registry.ts";

export interface WaitForTenantDeps {
  registry: Pick<TenantRegistry, "get">;
  present: Present;
  clock: Clock;
}

const goals = ["ready", "gone"] as const;
const allowedGoals = `one of ${goals.join(", ")}`;

export const waitQuery = z.strictObject({
  for: z.enum(goals, allowedGoals).default("ready").meta({ description: "What to wait for." }),
  timeout: queryNumber({
    what: "a whole number of seconds",
    largest: LONGEST_WAIT,
    otherwise: LONGEST_WAIT,
    description: "Seconds after which it answers in any case.",
  }),
});

const pauses = { firstPause: 250, longestPause: 2_000 };

export const waitForTenant =
  ({ registry, present, clock }: WaitForTenantDeps): Route =>
  async ({ event, params: { slug = "" } }) => {
    const { for: goal, timeout } = parseQuery(event, waitQuery);
    let row: Tenant | undefined;
    const look = async () => {
      row = await registry.get(slug);
      return !row || isSettled(row, goal) || undefined;
    };
    await poll(look, { ...pauses, atMost: timeout * 1_000 }, clock);
    if (!row) throw notFound(slug);
    return json(200, await present.one(event, row));
  };

/** A tenant that failed goes nowhere by itself; one that is being deleted will not be ready. */
const isSettled = ({ status }: Tenant, goal: (typeof goals)[number]): boolean =>
  status === "failed" || (goal === "ready" && (status === "ready" || status === "deleting"));
