// What was done about a tenant, as the API tells it.
import * as z from "zod";

export const eventBody = z
  .strictObject({
    at: z.iso.datetime(),
    kind: z.enum(["repair", "removal", "last-words"]).meta({
      description:
        "A rung of a repair; a removal, of what a provision that failed has left too; a machine's last words.",
    }),
    rung: z.string().optional().meta({ description: "What a repair tried.", example: "restart-connector" }),
    outcome: z
      .string()
      .optional()
      .meta({ description: "What became of the rung: done, skipped, failed or deferred." }),
    healthy: z.boolean().optional().meta({ description: "Whether the tenant was served after it." }),
    text: z
      .string()
      .meta({ description: "What was found, for people. For operators with names of resources." }),
  })
  .meta({ id: "Event" });
