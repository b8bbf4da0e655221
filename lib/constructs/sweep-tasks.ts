// The tasks of health-sweep: how long each may take, and all that it may do.
import { Construct } from "constructs";
import { tenantWorkflowNames } from "../../core/workflow/workflows.ts";
import { task as judgeFleet } from "../../lambdas/judge-fleet/task.ts";
import { task as resumeWork } from "../../lambdas/resume-work/task.ts";
import { task as surveyFleet } from "../../lambdas/survey-fleet/task.ts";
import { describe } from "../permissions/machine-permissions.ts";
import { readCloudflareToken, startWorkflows, stopExecutions } from "../permissions/task-permissions.ts";
import { TaskFunction } from "./task-function.ts";
import { type TaskResources, taskEnvironment } from "./task-resources.ts";

export class SweepTasks extends Construct {
  readonly all: readonly TaskFunction[];

  constructor(scope: Construct, id: string, resources: TaskResources) {
    super(scope, id);
    const { config, bundles, data } = resources;
    const shared = { deployment: { config, bundles }, environment: taskEnvironment(this, resources) };
    this.all = [
      new TaskFunction(this, "SurveyFleet", {
        ...shared,
        task: "survey-fleet",
        schema: surveyFleet.environment,
        timeoutSeconds: 115,
        // What 10,000 tenants must fit into.
        memoryMiB: 512,
        permissions: [
          ...data.tenants.permissionsFor("DescribeTable", "Scan", "UpdateItem"),
          ...describe("Instances", "InstanceStatus"),
          ...readCloudflareToken(config, data.parameterKey),
        ],
      }),
      new TaskFunction(this, "JudgeFleet", {
        ...shared,
        task: "judge-fleet",
        schema: judgeFleet.environment,
        timeoutSeconds: 60,
        permissions: data.tenants.permissionsFor("GetItem", "UpdateItem"),
      }),
      new TaskFunction(this, "ResumeWork", {
        ...shared,
        task: "resume-work",
        schema: resumeWork.environment,
        timeoutSeconds: 60,
        permissions: [
          ...data.tenants.permissionsFor("GetItem", "UpdateItem"),
          ...startWorkflows(config, ...tenantWorkflowNames),
          ...stopExecutions(config, ...tenantWorkflowNames),
        ],
      }),
    ];
  }
}
