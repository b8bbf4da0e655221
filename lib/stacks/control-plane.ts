// What turns a row into a tenant and back: the dispatcher, the two workflows and their tasks, and the machine's template.
import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { AdminTokenReader } from "../constructs/admin-token-reader.ts";
import { ChangeDispatcher } from "../constructs/change-dispatcher.ts";
import type { FailureQueue } from "../constructs/failure-queue.ts";
import { type TaskData, type TaskNetwork, taskEnvironment } from "../constructs/task-resources.ts";
import { TenantMachine } from "../constructs/tenant-machine.ts";
import type { Deployment } from "../deployment.ts";
import { StageWorkflow } from "../workflows/stage-workflow.ts";
import { TaskFunctions } from "../workflows/task-functions.ts";
import { tableTarget, workflowTarget } from "../workflows/workflow-targets.ts";

export interface ControlPlaneStackProps extends StackProps {
  deployment: Deployment;
  network: TaskNetwork;
  data: TaskData;
}

export class ControlPlaneStack extends Stack {
  readonly machine: TenantMachine;
  /** Some of them are steps of a repair as well. */
  readonly creation: TaskFunctions;
  /** Changes of rows that could not be dispatched. */
  readonly failures: FailureQueue;

  constructor(scope: Construct, id: string, { deployment, network, data, ...props }: ControlPlaneStackProps) {
    super(scope, id, props);
    const { config } = deployment;
    const { securityGroup } = network;
    const { parameterKey } = data;
    const machine = new TenantMachine(this, "Machine", { config, securityGroup, parameterKey });
    this.machine = machine;
    const resources = { ...deployment, network, data, machine };
    const TenantsTableName = tableTarget(data.tenants);
    const removal = new TaskFunctions(this, "Deprovision", { workflow: "deprovision-tenant", resources });
    const deprovision = new StageWorkflow(this, "deprovision-tenant", {
      config,
      tasks: removal.all,
      targets: { TenantsTableName },
    });
    const DeprovisionTenantArn = workflowTarget(deprovision.name, deprovision.stateMachine);
    this.creation = new TaskFunctions(this, "Provision", {
      workflow: "provision-tenant",
      resources,
      existing: removal.all,
    });
    const provision = new StageWorkflow(this, "provision-tenant", {
      config,
      tasks: this.creation.all,
      targets: { TenantsTableName, DeprovisionTenantArn },
    });
    const environment = taskEnvironment(this, resources);
    this.failures = new ChangeDispatcher(this, "Dispatcher", { deployment, data, environment }).failures;
    const adminTokenReader = new AdminTokenReader(this, "AdminTokenReader", { config, parameterKey });
    new CfnOutput(this, "ProvisionWorkflowArn", { value: provision.stateMachine.stateMachineArn });
    new CfnOutput(this, "DeprovisionWorkflowArn", { value: deprovision.stateMachine.stateMachineArn });
    new CfnOutput(this, "FailureQueueUrl", { value: this.failures.queueUrl });
    new CfnOutput(this, "AdminTokenReaderRoleArn", { value: adminTokenReader.role.roleArn });
  }
}
