// A workflow of the stage: named by the stage, its file named by the workflow.
import { join } from "node:path";
import type { Construct } from "constructs";
import type { WorkflowName } from "../../core/workflow/workflows.ts";
import { workflowName } from "../deployment.ts";
import { Workflow, type WorkflowProps } from "./workflow.ts";

const stateMachines = join(import.meta.dirname, "..", "..", "state-machines");

export class StageWorkflow extends Workflow {
  constructor(scope: Construct, workflow: WorkflowName, props: Omit<WorkflowProps, "name" | "file">) {
    const file = join(stateMachines, `${workflow}.asl.json`);
    super(scope, workflow, { ...props, name: workflowName(props.config, workflow), file });
  }
}
