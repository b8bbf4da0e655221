import * as z from "zod";
import { systemClock } from "../common/clock.ts";
import { executions } from "../common/executions.ts";
import { repairStore } from "../common/repair-store.ts";
import { unfinished } from "../common/survey.ts";
import { taskHandler } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
import { environment } from "./environment.ts";
import { lostRows } from "./lost-rows.ts";
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
    rows: lostRows(env.TENANTS_TABLE),
    executions: executions(),
    clock: systemClock,
    logger,
  }),
  run: resumeWork,
});
