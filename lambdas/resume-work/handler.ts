import * as z from "zod";
import { executions } from "../../core/aws/executions.ts";
import { systemClock } from "../../core/clock.ts";
import { unfinished } from "../../core/fleet/survey.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { repairStore } from "../../core/repair/repair-store.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { environment } from "./environment.ts";
import { resumeWork } from "./resume-work.ts";

const slugs = z.array(z.string());

export const handler = taskHandler({
  name: "resume-work",
  env: environment,
  input: z.object({ unfinished: z.array(unfinished) }),
  output: z.object({ resumed: slugs, failed: slugs, stopped: slugs }),
  connect: (env, _metrics, logger) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    repairs: repairStore(env.TENANTS_TABLE),
    executions: executions(),
    clock: systemClock,
    logger,
  }),
  run: resumeWork,
});
