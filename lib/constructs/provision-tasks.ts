// The tasks of provision-tenant: how long each may take, and all that it may do.
import { Construct } from "constructs";
import { task as createDataVolume } from "../../lambdas/create-data-volume/task.ts";
import { task as createDnsRecord } from "../../lambdas/create-dns-record/task.ts";
import { task as createSecrets } from "../../lambdas/create-secrets/task.ts";
import { task as createTunnel } from "../../lambdas/create-tunnel/task.ts";
import { task as grantSecrets } from "../../lambdas/grant-secrets/task.ts";
import { task as launchInstance } from "../../lambdas/launch-instance/task.ts";
import { task as probeTenant } from "../../lambdas/probe-tenant/task.ts";
import {
  attachVolumes,
  createVolumes,
  describe,
  launchInstances,
} from "../permissions/machine-permissions.ts";
import {
  createSecrets as mayCreateSecrets,
  nameReader,
  readCloudflareToken,
  writeTunnelToken,
} from "../permissions/task-permissions.ts";
import { TaskFunction } from "./task-function.ts";
import { type TaskResources, taskEnvironment } from "./task-resources.ts";

export class ProvisionTasks extends Construct {
  readonly all: readonly TaskFunction[];
  /** These two also for the machine that takes another's place. */
  readonly launchInstance: TaskFunction;
  readonly grantSecrets: TaskFunction;

  constructor(scope: Construct, id: string, resources: TaskResources) {
    super(scope, id);
    const { config, bundles, network, data, machine } = resources;
    const shared = { deployment: { config, bundles }, environment: taskEnvironment(this, resources) };
    const record = data.tenants.permissionsFor("UpdateItem");
    const cloudflare = readCloudflareToken(config, data.parameterKey);
    this.launchInstance = new TaskFunction(this, "LaunchInstance", {
      ...shared,
      task: "launch-instance",
      schema: launchInstance.environment,
      timeoutSeconds: 55,
      permissions: [
        ...record,
        ...describe("Instances", "Volumes"),
        ...launchInstances(config, machine, network),
      ],
    });
    this.grantSecrets = new TaskFunction(this, "GrantSecrets", {
      ...shared,
      task: "grant-secrets",
      schema: grantSecrets.environment,
      timeoutSeconds: 25,
      permissions: [...record, ...nameReader(config, machine.role.roleId)],
    });
    this.all = [
      new TaskFunction(this, "CreateTunnel", {
        ...shared,
        task: "create-tunnel",
        schema: createTunnel.environment,
        timeoutSeconds: 55,
        permissions: [...record, ...cloudflare, ...writeTunnelToken(config, data.parameterKey)],
      }),
      this.launchInstance,
      new TaskFunction(this, "CreateDataVolume", {
        ...shared,
        task: "create-data-volume",
        schema: createDataVolume.environment,
        timeoutSeconds: 115,
        permissions: [
          ...record,
          ...describe("Instances", "Volumes"),
          ...createVolumes(config),
          ...attachVolumes(config),
        ],
      }),
      new TaskFunction(this, "CreateSecrets", {
        ...shared,
        task: "create-secrets",
        schema: createSecrets.environment,
        timeoutSeconds: 25,
        permissions: [...record, ...mayCreateSecrets(config, data.parameterKey)],
      }),
      this.grantSecrets,
      new TaskFunction(this, "CreateDnsRecord", {
        ...shared,
        task: "create-dns-record",
        schema: createDnsRecord.environment,
        timeoutSeconds: 40,
        permissions: [...record, ...cloudflare],
      }),
      new TaskFunction(this, "ProbeTenant", {
        ...shared,
        task: "probe-tenant",
        schema: probeTenant.environment,
        timeoutSeconds: 65,
        permissions: data.tenants.permissionsFor("GetItem", "UpdateItem"),
      }),
    ];
  }
}
