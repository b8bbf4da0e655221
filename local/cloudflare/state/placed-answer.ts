// What answers in a hostname's place, as tests order it: an error page of the edge's own, a cache, a Worker's route.
import * as z from "zod";

export const placedAnswer = z.strictObject({
  hostname: z.string().min(1).toLowerCase(),
  status: z.int().min(200).max(599),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(""),
});
export type PlacedAnswerOrder = z.input<typeof placedAnswer>;
export type PlacedAnswer = z.output<typeof placedAnswer>;
