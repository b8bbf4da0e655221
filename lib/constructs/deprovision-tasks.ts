// The tasks of deprovision-tenant: how long each may take, and all that it may do.
import { Construct } from "constructs";
import { isStoppedByRemoval, tenantWorkflowNames } from "../../core/workflow/workflows.ts";
import { task as awaitRunningWorkflows } from "../../lambdas/await-running-workflows/task.ts";
import { task as deleteDataVolume } from "../../lambdas/delete-data-volume/task.ts";
import { task as deleteDnsRecord } from "../../lambdas/delete-dns-record/task.ts";
import { task as deleteInstance } from "../../lambdas/delete-instance/task.ts";
import { task as deleteSecrets } from "../../lambdas/delete-secrets/task.ts";
import { task as deleteTunnel } from "../../lambdas/delete-tunnel/task.ts";
import { task as markFailed } from "../../lambdas/mark-failed/task.ts";
import { task as verifyRemoval } from "../../lambdas/verify-removal/task.ts";
import { changeInstances, deleteVolumes, describe } from "../permissions/machine-permissions.ts";
import {
  checkSecrets,
  deleteSecrets as mayDeleteSecrets,
  readCloudflareToken,
  stopExecutions,
} from "../permissions/task-permissions.ts";
import { TaskFunction } from "./task-function.ts";
import { type TaskResources, taskEnvironment } from "./task-resources.ts";

export class DeprovisionTasks extends Construct {
  readonly all: readonly TaskFunction[];
  /** Also a provision ends so. */
  readonly markFailed: TaskFunction;

  constructor(scope: Construct, id: string, resources: TaskResources) {
    super(scope, id);
    const { config, bundles, data } = resources;
    const shared = { deployment: { config, bundles }, environment: taskEnvironment(this, resources) };
    const record = data.tenants.permissionsFor("UpdateItem");
    const cloudflare = readCloudflareToken(config, data.parameterKey);
    this.markFailed = new TaskFunction(this, "MarkFailed", {
      ...shared,
      task: "mark-failed",
      schema: markFailed.environment,
      timeoutSeconds: 25,
      permissions: record,
    });
    this.all = [
      this.markFailed,
      new TaskFunction(this, "AwaitRunningWorkflows", {
        ...shared,
        task: "await-running-workflows",
        schema: awaitRunningWorkflows.environment,
        timeoutSeconds: 65,
        permissions: [
          ...record,
          ...stopExecutions(config, ...tenantWorkflowNames.filter(isStoppedByRemoval)),
        ],
      }),
      new TaskFunction(this, "DeleteDnsRecord", {
        ...shared,
        task: "delete-dns-record",
        schema: deleteDnsRecord.environment,
        timeoutSeconds: 25,
        permissions: [...record, ...cloudflare],
      }),
      new TaskFunction(this, "DeleteInstance", {
        ...shared,
        task: "delete-instance",
        schema: deleteInstance.environment,
        timeoutSeconds: 145,
        permissions: [...record, ...describe("Instances"), ...changeInstances(config, "Terminate")],
      }),
      new TaskFunction(this, "DeleteDataVolume", {
        ...shared,
        task: "delete-data-volume",
        schema: deleteDataVolume.environment,
        timeoutSeconds: 145,
        permissions: [...record, ...describe("Volumes"), ...deleteVolumes(config)],
      }),
      new TaskFunction(this, "DeleteTunnel", {
        ...shared,
        task: "delete-tunnel",
        schema: deleteTunnel.environment,
        timeoutSeconds: 55,
        permissions: [...record, ...cloudflare],
      }),
      new TaskFunction(this, "DeleteSecrets", {
        ...shared,
        task: "delete-secrets",
        schema: deleteSecrets.environment,
        timeoutSeconds: 25,
        permissions: [...record, ...mayDeleteSecrets(config)],
      }),
      new TaskFunction(this, "VerifyRemoval", {
        ...shared,
        task: "verify-removal",
        schema: verifyRemoval.environment,
        timeoutSeconds: 55,
        permissions: [
          ...data.tenants.permissionsFor("GetItem", "UpdateItem"),
          ...data.audit.permissionsFor("PutItem"),
          ...describe("Instances", "Volumes", "Snapshots"),
          ...checkSecrets(config),
          ...cloudflare,
        ],
      }),
    ];
  }
}
