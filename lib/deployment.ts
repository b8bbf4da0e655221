// What every stack of a stage is made from.
import type { Config } from "./config.ts";

export interface Deployment {
  config: Config;
  /** Directory with one subdirectory per bundled Lambda. */
  bundles: string;
}

export type WorkflowName = "provision-tenant" | "deprovision-tenant";

/** Explicit, because dispatcher, tasks and workflows refer to each other in a circle. */
export const workflowName = ({ stage }: Config, workflow: WorkflowName): string =>
  `warren-${stage}-${workflow}`;
