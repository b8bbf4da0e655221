import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineLambda } from "../../core/handler/task.ts";

export const task = defineLambda({
  name: "protect-images",
  environment: variables.pick({ STAGE: true }).extend({
    /** Name of the parameter that holds the id of the image that the next deploy takes. */
    AMI_PARAMETER: z.string().min(1),
    /** How many of the newest images stay, used or not. */
    KEEP_IMAGES: z.string().regex(/^\d+$/, "must be a whole number").transform(Number),
  }),
});
