// The tasks of repair-tenant that are its own: how long each may take, and all that it may do. Launching the machine
// that takes another's place, and letting it read the tenant's secrets, are provision-tenant's tasks.
import { Construct } from "constructs";
import { task as diagnoseTenant } from "../../lambdas/diagnose-tenant/task.ts";
import { task as finishRepair } from "../../lambdas/finish-repair/task.ts";
import { task as moveDataVolume } from "../../lambdas/move-data-volume/task.ts";
import { task as rebootInstance } from "../../lambdas/reboot-instance/task.ts";
import { task as restartApplication } from "../../lambdas/restart-application/task.ts";
import { task as restartConnector } from "../../lambdas/restart-connector/task.ts";
import { task as retireInstance } from "../../lambdas/retire-instance/task.ts";
import { task as snapshotDataVolume } from "../../lambdas/snapshot-data-volume/task.ts";
import { task as startInstance } from "../../lambdas/start-instance/task.ts";
import { task as stopInstance } from "../../lambdas/stop-instance/task.ts";
import { task as verifyRepair } from "../../lambdas/verify-repair/task.ts";
import {
  attachVolumes,
  changeInstances,
  describe,
  detachVolumes,
  restartUnits,
  snapshotBeforeReplacement,
} from "../permissions/machine-permissions.ts";
import { TaskFunction } from "./task-function.ts";
import { type TaskResources, taskEnvironment } from "./task-resources.ts";

export class RepairTasks extends Construct {
  readonly all: readonly TaskFunction[];

  constructor(scope: Construct, id: string, resources: TaskResources) {
    super(scope, id);
    const { config, bundles, data } = resources;
    const shared = { deployment: { config, bundles }, environment: taskEnvironment(this, resources) };
    const record = data.tenants.permissionsFor("UpdateItem");
    this.all = [
      new TaskFunction(this, "DiagnoseTenant", {
        ...shared,
        task: "diagnose-tenant",
        schema: diagnoseTenant.environment,
        timeoutSeconds: 55,
        permissions: [...data.tenants.permissionsFor("GetItem"), ...describe("Instances", "InstanceStatus")],
      }),
      new TaskFunction(this, "RestartConnector", {
        ...shared,
        task: "restart-connector",
        schema: restartConnector.environment,
        timeoutSeconds: 140,
        permissions: [...record, ...restartUnits(config)],
      }),
      new TaskFunction(this, "RestartApplication", {
        ...shared,
        task: "restart-application",
        schema: restartApplication.environment,
        timeoutSeconds: 140,
        permissions: [...record, ...restartUnits(config)],
      }),
      new TaskFunction(this, "StartInstance", {
        ...shared,
        task: "start-instance",
        schema: startInstance.environment,
        timeoutSeconds: 175,
        permissions: [...record, ...describe("Instances"), ...changeInstances(config, "Start")],
      }),
      new TaskFunction(this, "RebootInstance", {
        ...shared,
        task: "reboot-instance",
        schema: rebootInstance.environment,
        timeoutSeconds: 55,
        permissions: [...record, ...describe("Instances"), ...changeInstances(config, "Reboot")],
      }),
      new TaskFunction(this, "StopInstance", {
        ...shared,
        task: "stop-instance",
        schema: stopInstance.environment,
        timeoutSeconds: 120,
        permissions: [...record, ...describe("Instances"), ...changeInstances(config, "Stop")],
      }),
      new TaskFunction(this, "SnapshotDataVolume", {
        ...shared,
        task: "snapshot-data-volume",
        schema: snapshotDataVolume.environment,
        timeoutSeconds: 55,
        permissions: snapshotBeforeReplacement(config),
      }),
      new TaskFunction(this, "MoveDataVolume", {
        ...shared,
        task: "move-data-volume",
        schema: moveDataVolume.environment,
        timeoutSeconds: 120,
        permissions: [
          ...describe("Instances", "Volumes"),
          ...detachVolumes(config),
          ...attachVolumes(config),
        ],
      }),
      new TaskFunction(this, "RetireInstance", {
        ...shared,
        task: "retire-instance",
        schema: retireInstance.environment,
        timeoutSeconds: 55,
        permissions: [
          ...record,
          ...describe("Instances", "Volumes"),
          ...changeInstances(config, "Terminate"),
        ],
      }),
      new TaskFunction(this, "VerifyRepair", {
        ...shared,
        task: "verify-repair",
        schema: verifyRepair.environment,
        timeoutSeconds: 330,
        permissions: [...data.tenants.permissionsFor("GetItem"), ...data.audit.permissionsFor("PutItem")],
      }),
      new TaskFunction(this, "FinishRepair", {
        ...shared,
        task: "finish-repair",
        schema: finishRepair.environment,
        timeoutSeconds: 25,
        permissions: data.tenants.permissionsFor("GetItem", "UpdateItem"),
      }),
    ];
  }
}
