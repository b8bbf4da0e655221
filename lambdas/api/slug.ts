// Which slugs the API takes for a new tenant: those of the grammar that the stage does not reserve.
import { slugSchema } from "../../core/tenant/slug.ts";

export const freeSlugSchema = (reserved: readonly string[]) =>
  slugSchema.refine((slug) => !reserved.includes(slug), "a name that the stage does not reserve");
