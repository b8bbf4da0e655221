import type { HealthCause } from "../tenant/tenant.ts";

/** What a machine's own trouble may look like from the edge; all other causes lie on the way to it. */
export const machineCauses: ReadonlySet<HealthCause> = new Set(["connector", "origin", "silent", "edge"]);
