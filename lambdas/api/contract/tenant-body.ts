// A tenant as the API shows it. What is described here is what callers may rely on.
import * as z from "zod";
import { purpose } from "../../../core/tenant/purpose.ts";
import { slugSchema } from "../../../core/tenant/slug.ts";
import { tenantStatus } from "../../../core/tenant/status.ts";
import { healthCauses, healthStates } from "../../../core/tenant/tenant.ts";

const time = (description: string) => z.iso.datetime().meta({ description });

const queued = z
  .strictObject({
    place: z
      .int()
      .positive()
      .optional()
      .meta({ description: "From 1; absent for a moment after the request." }),
    of: z.int().positive().optional().meta({ description: "How many wait for the same." }),
    since: time("When it was asked for."),
  })
  .meta({ description: "While its workflow waits for its turn. Who asked for less is served sooner." });

const progress = z
  .strictObject({
    step: z
      .string()
      .meta({ description: "The first step that has not finished.", example: "Launch Instance" }),
    number: z.int().positive().meta({ description: "Its place, from 1." }),
    of: z.int().positive(),
    startedAt: time("When the step before it finished."),
    waitingFor: z
      .string()
      .optional()
      .meta({ description: "What a cloud keeps it waiting for, in a sentence." }),
  })
  .meta({ description: "While a workflow is under way." });

const failure = z
  .strictObject({
    step: z.string().meta({ description: "The step that failed." }),
    error: z.string().meta({ description: "The error's name; the runbook has a row for each." }),
    reason: z
      .string()
      .meta({ description: "What was found. Without names of resources for all but operators." }),
    advice: z.string().meta({ description: "What to do about it." }),
    at: time("When it failed."),
    lastWords: z
      .array(z.string())
      .optional()
      .meta({ description: "The last lines of the machine's console, for operators." }),
  })
  .meta({ description: "Why the last workflow failed." });

const health = z
  .strictObject({
    state: z.enum(healthStates),
    cause: z.enum(healthCauses).optional().meta({ description: "What is wrong." }),
    reason: z.string().optional(),
    since: time("When this state was first seen."),
  })
  .meta({ description: "What the last health sweep saw; absent before the first one." });

const repair = z
  .strictObject({
    attempt: z.int().positive(),
    reason: z.string(),
    startedAt: time("When it began."),
    rung: z.string().optional().meta({ description: "What is tried, or was last." }),
    notBefore: time("When the next one may begin.").optional(),
  })
  .meta({ description: "The repair under way, or the last one." });

export const tenantBody = z
  .strictObject({
    slug: slugSchema.meta({ example: "acme" }),
    hostname: z.string().meta({ description: "Where it is served.", example: "acme.example.com" }),
    status: tenantStatus,
    ...purpose.shape,
    queued: queued.optional(),
    progress: progress.optional(),
    failure: failure.optional(),
    health: health.optional(),
    repair: repair.optional(),
    createdAt: time("When it was asked for."),
    updatedAt: time("When its row changed last."),
  })
  .meta({ id: "Tenant" });
