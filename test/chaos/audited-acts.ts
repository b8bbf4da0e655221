import { output } from "../support/stage.ts";
import { scan } from "../support/traces.ts";

/** Rungs of all repairs of the tenant, as the audit has them; corrections that found nothing to correct are no acts. */
export const auditedActs = async ({ slug }: { slug: string }): Promise<string[]> => {
  const entries = await scan(output("AuditTableName"));
  return entries
    .filter((entry) => entry.slug === slug && "rung" in entry)
    .toSorted((a, b) => String(a.at).localeCompare(String(b.at)))
    .map(({ rung, outcome }) => `${rung}: ${outcome}`)
    .filter((act) => !/^correct-.*: skipped$/.test(act));
};
