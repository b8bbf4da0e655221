import * as z from "zod";
import { survey } from "../../core/fleet/survey.ts";
import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";
import { MOST_PAGES } from "./fleet-page.ts";

export const task = defineTask({
  name: "survey-fleet",
  step: "Survey Fleet",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    BASE_DOMAIN: true,
    CLOUDFLARE_ACCOUNT_ID: true,
    CLOUDFLARE_TOKEN_PARAMETER: true,
    CLOUDFLARE_BASE_URL: true,
    HEALTH_PATH: true,
    EDGE_URL: true,
    PROBES_PER_SWEEP: true,
    OUTAGE_SHARE: true,
    OUTAGE_MINIMUM: true,
    SILENCE_SECONDS: true,
    INSTANCE_ROLE_ID: true,
    INSTANCE_PROFILE_ARN: true,
    SECURITY_GROUP_ID: true,
  }),
  input: z
    .object({
      page: z.int().nonnegative().default(0),
      pages: z.int().min(1).max(MOST_PAGES).optional(),
      /** the sweep's own time, the same for all its pages and when one of them is tried again; else now */
      at: z.iso.datetime().optional(),
    })
    .refine(({ page, pages = 1 }) => page < pages, "page is below pages, which the survey of page 0 told"),
  output: survey,
});
