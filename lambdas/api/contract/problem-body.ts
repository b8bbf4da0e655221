// A refusal as the API tells it. Source: RFC 9457, "Problem Details for HTTP APIs".
import * as z from "zod";

const complaint = z.strictObject({
  path: z.string().meta({
    description: "A JSON pointer into the body, or the name of a header or of a query's parameter.",
    example: "/slug",
  }),
  found: z
    .unknown()
    .optional()
    .meta({ description: "Shortened where it is long; absent where nothing was." }),
  allowed: z.string().meta({ example: "3 to 40 characters" }),
});

export const problemBody = z
  .strictObject({
    type: z
      .string()
      .meta({ description: "Stays the same, for programs.", example: "urn:warren:problem:slug-taken" }),
    title: z.string().meta({ description: "Stays the same, for people." }),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: "What was found, and what to do." }),
    instance: z.string().meta({
      description: "The request, by which operators find it in the logs.",
      example: "urn:warren:request:EXAMPLE=",
    }),
    errors: z.array(complaint).optional().meta({ description: "All that is wrong with the request." }),
  })
  .meta({ id: "Problem" });
