// Which tenants a list is of.
import * as z from "zod";
import { labelKeySchema, labelValueSchema, ownerSchema } from "../../core/tenant/purpose.ts";
import { slugLength } from "../../core/tenant/slug.ts";
import { tenantStatus } from "../../core/tenant/status.ts";
import { healthStates, type Tenant } from "../../core/tenant/tenant.ts";

const oneOf = (values: readonly string[]) => `one of ${values.join(", ")}`;
const allowedLabel = "a label's key, or key=value";

/** Each narrows the list further. */
export const filterShape = {
  status: z.enum(tenantStatus.options, oneOf(tenantStatus.options)).optional(),
  health: z.enum(healthStates, oneOf(healthStates)).optional(),
  owner: ownerSchema.optional(),
  label: z
    .string()
    .transform((text, context) => {
      const found = labelOf(text);
      if (!found) context.addIssue({ code: "custom", message: allowedLabel });
      return found ?? z.NEVER;
    })
    .optional()
    .meta({ description: "A label's key, or key=value.", override: { type: "string" } }),
  prefix: z
    .string()
    .max(slugLength.longest, `at most ${slugLength.longest} characters`)
    .optional()
    .meta({ description: "What the slug begins with." }),
};

type Filter = z.output<z.ZodObject<typeof filterShape>>;

/** @returns undefined where all are asked for */
export const matching = (filter: Filter): ((row: Tenant) => boolean) | undefined =>
  Object.values(filter).every((wanted) => wanted === undefined) ? undefined : (row) => fits(row, filter);

const fits = (row: Tenant, { status, health, owner, label, prefix = "" }: Filter): boolean =>
  (!status || row.status === status) &&
  (!health || row.health?.state === health) &&
  (!owner || row.owner === owner) &&
  (!label || hasLabel(row, label)) &&
  row.slug.startsWith(prefix);

interface Label {
  key: string;
  /** undefined: any */
  value: string | undefined;
}

const labelOf = (text: string): Label | undefined => {
  const [key = "", ...rest] = text.split("=");
  const value = rest.length > 0 ? rest.join("=") : undefined;
  const isLabel =
    labelKeySchema.safeParse(key).success && labelValueSchema.optional().safeParse(value).success;
  return isLabel ? { key, value } : undefined;
};

const hasLabel = ({ labels = {} }: Tenant, { key, value }: Label): boolean =>
  Object.hasOwn(labels, key) && (value === undefined || labels[key] === value);
