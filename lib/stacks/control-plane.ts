// What turns a row into a tenant and back: the dispatcher, the two workflows and their tasks, and the machine's template.
import { join } from "node:path";
import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { AdminTokenReader } from "../constructs/admin-token-reader.ts";
import { ChangeDispatcher } from "../constructs/change-dispatcher.ts";
import { DeprovisionTasks } from "../constructs/deprovision-tasks.ts";
import { ProvisionTasks } from "../constructs/provision-tasks.ts";
import type { TaskFunction } from "../constructs/task-function.ts";
import { TenantMachine } from "../constructs/tenant-machine.ts";
import { Workflow } from "../constructs/workflow.ts";
import { type Deployment, type WorkflowName, workflowName } from "../deployment.ts";
import { taskEnvironment } from "../task-resources.ts";
import { type Target, tableTarget, workflowTarget } from "../workflow-targets.ts";
import type { DataStack } from "./data.ts";
import type { NetworkStack } from "./network.ts";

export interface ControlPlaneStackProps extends StackProps {
  deployment: Deployment;
  network: NetworkStack;
  data: DataStack;
}

const stateMachines = join(import.meta.dirname, "..", "..", "state-machines");

export class ControlPlaneStack extends Stack {
  constructor(scope: Construct, id: string, { deployment, network, data, ...props }: ControlPlaneStackProps) {
    super(scope, id, props);
    const { config } = deployment;
    const { securityGroup } = network;
    const { parameterKey } = data;
    const machine = new TenantMachine(this, "Machine", { config, securityGroup, parameterKey });
    const resources = { ...deployment, network, data, machine };
    const TenantsTableName = tableTarget(data.tenants);
    const workflow = (name: WorkflowName, tasks: readonly TaskFunction[], targets: Record<string, Target>) =>
      new Workflow(this, name, {
        config,
        name: workflowName(config, name),
        file: join(stateMachines, `${name}.asl.json`),
        tasks,
        targets,
      });
    const removal = new DeprovisionTasks(this, "Deprovision", resources);
    const deprovision = workflow("deprovision-tenant", removal.all, { TenantsTableName });
    const DeprovisionTenantArn = workflowTarget(deprovision.name, deprovision.stateMachine);
    const creation = new ProvisionTasks(this, "Provision", resources);
    const provision = workflow("provision-tenant", creation.all, { TenantsTableName, DeprovisionTenantArn });
    const environment = taskEnvironment(this, resources);
    const { failures } = new ChangeDispatcher(this, "Dispatcher", {
      deployment,
      tenants: data.tenants,
      environment,
    });
    const adminTokenReader = new AdminTokenReader(this, "AdminTokenReader", { config, parameterKey });
    new CfnOutput(this, "ProvisionWorkflowArn", { value: provision.stateMachine.stateMachineArn });
    new CfnOutput(this, "DeprovisionWorkflowArn", { value: deprovision.stateMachine.stateMachineArn });
    new CfnOutput(this, "FailureQueueUrl", { value: failures.queueUrl });
    new CfnOutput(this, "LaunchTemplateId", { value: machine.template.ref });
    new CfnOutput(this, "InstanceRoleName", { value: machine.role.roleName });
    new CfnOutput(this, "AdminTokenReaderRoleArn", { value: adminTokenReader.role.roleArn });
  }
}
