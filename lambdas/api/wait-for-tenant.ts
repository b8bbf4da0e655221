// GET /tenants/{slug}/wait: answers when the tenant has come as far as is asked for, so that no caller polls.
import * as z from "zod";
import { type Clock, poll } from "../../core/clock.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { LONGEST_WAIT } from "./operations.ts";
import type { Present } from "./presentation.ts";
import { notFound } from "./problem.ts";
import { queryRefusal } from "./query-refusal.ts";
import { json } from "./responses.ts";
import type { Route } from "./route.ts";
import type { TenantRegistry } from "./tenant-registry.ts";
import { validated } from "./validated.ts";

export interface WaitForTenantDeps {
  registry: Pick<TenantRegistry, "get">;
  present: Present;
  clock: Clock;
}

const goals = ["ready", "gone"] as const;
const allowed = {
  for: `one of ${goals.join(", ")}`,
  timeout: `a whole number of seconds from 1 to ${LONGEST_WAIT}`,
};

export const waitQuery = z.strictObject({
  for: z.enum(goals, allowed.for).default("ready").meta({ description: "What to wait for." }),
  timeout: z
    .string()
    .regex(/^\d{1,2}$/, allowed.timeout)
    .transform(Number)
    .pipe(z.int().min(1, allowed.timeout).max(LONGEST_WAIT, allowed.timeout))
    .default(LONGEST_WAIT)
    .meta({
      description: "Seconds after which it answers in any case.",
      override: {
        type: "integer",
        minimum: 1,
        maximum: LONGEST_WAIT,
        default: LONGEST_WAIT,
        pattern: undefined,
      },
    }),
});

const pauses = { firstPause: 250, longestPause: 2_000 };

export const waitForTenant =
  ({ registry, present, clock }: WaitForTenantDeps): Route =>
  async ({ event, params: { slug = "" } }) => {
    const { for: goal, timeout } = validated(
      waitQuery,
      event.queryStringParameters ?? {},
      queryRefusal(waitQuery),
    );
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
