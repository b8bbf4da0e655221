// What keeps tenants served: the sweep and its schedule, the repair with what it may do to a machine, and daily copies
// of tenants' data.
import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { DailySnapshots } from "../constructs/daily-snapshots.ts";
import type { EncryptedTable } from "../constructs/encrypted-table.ts";
import { RepairTasks } from "../constructs/repair-tasks.ts";
import { RestartDocument } from "../constructs/restart-document.ts";
import { SweepSchedule } from "../constructs/sweep-schedule.ts";
import { SweepTasks } from "../constructs/sweep-tasks.ts";
import type { TaskFunction } from "../constructs/task-function.ts";
import type { TaskData, TaskNetwork } from "../constructs/task-resources.ts";
import type { TenantMachine } from "../constructs/tenant-machine.ts";
import type { Deployment } from "../deployment.ts";
import { StageWorkflow } from "../workflows/stage-workflow.ts";
import { tableTarget, topicTarget } from "../workflows/workflow-targets.ts";

export interface HealthStackProps extends StackProps {
  deployment: Deployment;
  network: TaskNetwork;
  data: TaskData & { leases: EncryptedTable };
  machine: TenantMachine;
  /** Steps of a creation that are steps of a repair as well. */
  sharedTasks: readonly TaskFunction[];
  /** Who is told that a repair gave up. */
  operators: ITopic;
}

export class HealthStack extends Stack {
  constructor(scope: Construct, id: string, props: HealthStackProps) {
    const { deployment, network, data, machine, sharedTasks, operators, ...stackProps } = props;
    super(scope, id, stackProps);
    const { config } = deployment;
    const resources = { ...deployment, network, data, machine };
    const sweep = new StageWorkflow(this, "health-sweep", {
      config,
      tasks: new SweepTasks(this, "Sweep", resources).all,
      targets: { LeasesTableName: tableTarget(data.leases) },
    });
    const ownTasks = new RepairTasks(this, "Repair", resources).all;
    const repair = new StageWorkflow(this, "repair-tenant", {
      config,
      tasks: [...ownTasks, ...sharedTasks],
      targets: {
        TenantsTableName: tableTarget(data.tenants),
        OperatorsTopicArn: topicTarget(operators),
      },
    });
    const document = new RestartDocument(this, "Restart", { config });
    const schedule = new SweepSchedule(this, "Schedule", { config });
    // Its target is known by name only.
    schedule.node.addDependency(sweep);
    const { dailySnapshots } = config.machine.dataVolume;
    if (dailySnapshots) new DailySnapshots(this, "DailySnapshots", { config, ...dailySnapshots });
    new CfnOutput(this, "HealthSweepWorkflowArn", { value: sweep.stateMachine.stateMachineArn });
    new CfnOutput(this, "RepairWorkflowArn", { value: repair.stateMachine.stateMachineArn });
    new CfnOutput(this, "RestartDocumentName", { value: document.name });
    new CfnOutput(this, "SweepScheduleName", { value: schedule.name });
  }
}
