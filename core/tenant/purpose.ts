// What a tenant says it is for. Whatever decides about tenants goes by this, never by how a slug looks.
import * as z from "zod";

const MOST_LABELS = 20;

const allowed = {
  displayName: "1 to 100 characters without control characters",
  owner: "1 to 100 of A-Z, a-z, 0-9 and ._@:-",
  labelKey: "1 to 63 of a-z, 0-9 and ._/-, a letter or a digit at both ends",
  labelValue: "a string of at most 63 characters without control characters",
  labels: `at most ${MOST_LABELS} labels`,
};

export const displayNameSchema = z
  .string(allowed.displayName)
  .regex(/^[^\p{Cc}\p{Cf}]{1,100}$/u, allowed.displayName)
  .meta({ description: "For people.", example: "Acme Corporation" });

export const ownerSchema = z
  .string(allowed.owner)
  .regex(/^[\w.@:-]{1,100}$/, allowed.owner)
  .meta({ description: "Whose it is: turns in the queue go around among owners.", example: "team-emea" });

export const labelKeySchema = z.string().regex(/^[a-z0-9]([a-z0-9._/-]{0,61}[a-z0-9])?$/, allowed.labelKey);

export const labelValueSchema = z
  .string(allowed.labelValue)
  .regex(/^[^\p{Cc}\p{Cf}]{0,63}$/u, allowed.labelValue);

export const labelsSchema = z
  .record(labelKeySchema, labelValueSchema, "an object of labels")
  .refine((labels) => Object.keys(labels).length <= MOST_LABELS, allowed.labels)
  .meta({ description: `Up to ${MOST_LABELS}.`, example: { purpose: "trial" } });

export const purpose = z.object({
  displayName: displayNameSchema.optional(),
  owner: ownerSchema.optional(),
  labels: labelsSchema.optional(),
});
export type Purpose = z.output<typeof purpose>;
