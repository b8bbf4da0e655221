// What every stack of a stage is made from, and the names by which its parts know each other.
import { stageName } from "../core/stage-names.ts";
import { arnOfWorkflow, type WorkflowName } from "../core/workflow/workflows.ts";
import { arn } from "./arn.ts";
import type { Config } from "./config/config.ts";

export interface Deployment {
  config: Config;
  /** Directory with one subdirectory per bundled Lambda. */
  bundles: string;
}

/** Explicit, because dispatcher, tasks and workflows refer to each other in a circle. */
export const workflowName = ({ stage }: Config, workflow: WorkflowName): string => stageName(stage, workflow);

export const workflowArnPrefix = ({ stage }: Config): string =>
  arn("states", `stateMachine:${stageName(stage, "")}`);

export const workflowArn = (config: Config, workflow: WorkflowName): string =>
  arnOfWorkflow(workflowArnPrefix(config), workflow);

/** Explicit as well: the tasks that run it are of the stack that makes it. */
export const restartDocumentName = ({ stage }: Config): string => stageName(stage, "restart-unit");

/** Of sweeps that could not be started: watched by the stack before the one that makes it. */
export const sweepFailuresName = ({ stage }: Config): string => stageName(stage, "sweep-failures");
