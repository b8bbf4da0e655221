// A workflow of the stage: named by the stage, its file named by the workflow.
import type { Construct } from "constructs";
import type { WorkflowName } from "../../core/workflow/workflows.ts";
import { workflowName } from "../deployment.ts";
import { stateMachinePath } from "./state-machine-file.ts";
import { Workflow, type WorkflowProps } from "./workflow.ts";

export class StageWorkflow extends Workflow {
  constructor(scope: Construct, workflow: WorkflowName, props: Omit<WorkflowProps, "name" | "file">) {
    const file = stateMachinePath(workflow);
    super(scope, workflow, { ...props, name: workflowName(props.config, workflow), file });
  }
}
