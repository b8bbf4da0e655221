// What keeps tenants served: the sweep and its schedule, the repair with what it may do to a machine, and daily copies
// of tenants' data.
import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { DailySnapshots } from "../constructs/daily-snapshots.ts";
import { RestartDocument } from "../constructs/restart-document.ts";
import { SweepSchedule } from "../constructs/sweep-schedule.ts";
import type { TaskFunction } from "../constructs/task-function.ts";
import type { TaskData, TaskNetwork } from "../constructs/task-resources.ts";
import type { TenantMachine } from "../constructs/tenant-machine.ts";
import type { Deployment } from "../deployment.ts";
import { StageWorkflow } from "../workflows/stage-workflow.ts";
import { TaskFunctions } from "../workflows/task-functions.ts";
import { tableTarget, topicTarget } from "../workflows/workflow-targets.ts";

export interface HealthStackProps extends StackProps {
  deployment: Deployment;
  network: TaskNetwork;
  data: TaskData;
  machine: TenantMachine;
  /** The steps of a creation, some of which are steps of a repair as well. */
  creation: readonly TaskFunction[];
  /** Who is told that a repair gave up. */
  operators: ITopic;
}

export class HealthStack extends Stack {
  constructor(scope: Construct, id: string, props: HealthStackProps) {
    const { deployment, network, data, machine, creation, operators, ...stackProps } = props;
    super(scope, id, stackProps);
    const { config } = deployment;
    const resources = { ...deployment, network, data, machine };
    const sweep = new StageWorkflow(this, "health-sweep", {
      config,
      tasks: new TaskFunctions(this, "Sweep", { workflow: "health-sweep", resources }).all,
      targets: { LeasesTableName: tableTarget(data.leases) },
    });
    const repair = new StageWorkflow(this, "repair-tenant", {
      config,
      tasks: new TaskFunctions(this, "Repair", { workflow: "repair-tenant", resources, existing: creation })
        .all,
      targets: {
        TenantsTableName: tableTarget(data.tenants),
        OperatorsTopicArn: topicTarget(operators),
      },
    });
    const document = new RestartDocument(this, "Restart", { config });
    const schedule = new SweepSchedule(this, "Schedule", { config });
    // Its target is known by name only. And Scheduler refuses a role that IAM does not know everywhere yet: this one has
    // been there for as long as two workflows take.
    schedule.addDependency(sweep, repair);
    const { dailySnapshots } = config.machine.dataVolume;
    if (dailySnapshots) new DailySnapshots(this, "DailySnapshots", { config, operators, ...dailySnapshots });
    new CfnOutput(this, "HealthSweepWorkflowArn", { value: sweep.stateMachine.stateMachineArn });
    new CfnOutput(this, "RepairWorkflowArn", { value: repair.stateMachine.stateMachineArn });
    new CfnOutput(this, "RestartDocumentName", { value: document.name });
    new CfnOutput(this, "SweepScheduleName", { value: schedule.name });
  }
}
