// All that each task may do. What is granted is explained where it is defined, in lib/permissions.
import { isStoppedByRemoval, tenantWorkflowNames } from "../../core/workflow/workflows.ts";
import type { TaskName } from "../../lambdas/tasks.ts";
import type { Config } from "../config/config.ts";
import type { TaskResources } from "../constructs/task-resources.ts";
import {
  attachVolumes,
  changeInstances,
  correctAccess,
  correctTags,
  createVolumes,
  deleteVolumes,
  describe,
  detachVolumes,
  launchInstances,
  readConsoles,
  restartUnits,
  snapshotBeforeReplacement,
} from "../permissions/machine-permissions.ts";
import type { Permission } from "../permissions/permission.ts";
import { letBegin } from "../permissions/queue-permissions.ts";
import {
  checkSecrets,
  createAdminToken,
  createSecrets,
  deleteSecrets,
  nameReader,
  readCloudflareToken,
  readSecretTags,
  readTunnelToken,
  startWorkflows,
  stopExecutions,
  writeTunnelToken,
} from "../permissions/task-permissions.ts";

type Permissions = (resources: TaskResources) => Permission[];

const writeRow: Permissions = ({ data }) => data.tenants.permissionsFor("UpdateItem");
const readRow: Permissions = ({ data }) => data.tenants.permissionsFor("GetItem");
const readAndWriteRow: Permissions = ({ data }) => data.tenants.permissionsFor("GetItem", "UpdateItem");
const appendToAudit: Permissions = ({ data }) => data.audit.permissionsFor("PutItem");
const callCloudflare: Permissions = ({ config, data }) => readCloudflareToken(config, data.parameterKey);

/** What needs nothing but the stage's configuration. */
const of =
  (permissions: (config: Config) => Permission[]): Permissions =>
  ({ config }) =>
    permissions(config);

const all =
  (...parts: Permissions[]): Permissions =>
  (resources) =>
    parts.flatMap((part) => part(resources));

export const permissionsByTask: Readonly<Record<TaskName, Permissions>> = {
  "create-tunnel": all(writeRow, callCloudflare, ({ config, data }) =>
    writeTunnelToken(config, data.parameterKey),
  ),
  "launch-instance": all(
    readAndWriteRow,
    () => describe("Instances", "Volumes"),
    ({ config, machine, network }) => launchInstances(config, machine, network),
  ),
  "create-data-volume": all(
    writeRow,
    () => describe("Instances", "Volumes"),
    of(createVolumes),
    of(attachVolumes),
  ),
  "create-secrets": all(writeRow, ({ config, data }) => createSecrets(config, data.parameterKey)),
  "grant-secrets": all(writeRow, ({ config, machine }) => nameReader(config, machine.role.roleId)),
  "create-dns-record": all(writeRow, callCloudflare),
  "probe-tenant": readAndWriteRow,

  "await-running-workflows": all(
    readAndWriteRow,
    of((config) => stopExecutions(config, ...tenantWorkflowNames.filter(isStoppedByRemoval))),
  ),
  "delete-dns-record": all(readAndWriteRow, callCloudflare),
  "delete-instance": all(
    readAndWriteRow,
    () => describe("Instances"),
    ({ config, machine }) => correctTags(config, machine),
    of((config) => changeInstances(config, "Terminate")),
  ),
  "delete-data-volume": all(readAndWriteRow, () => describe("Volumes"), of(deleteVolumes)),
  "delete-tunnel": all(readAndWriteRow, callCloudflare),
  "delete-secrets": all(writeRow, of(deleteSecrets)),
  "mark-failed": writeRow,
  "verify-removal": all(
    readAndWriteRow,
    appendToAudit,
    () => describe("Instances", "Volumes", "Snapshots"),
    of(checkSecrets),
    callCloudflare,
  ),

  "survey-fleet": all(
    ({ data }) => data.tenants.permissionsFor("DescribeTable", "Scan", "UpdateItem"),
    () => describe("Instances", "InstanceStatus"),
    of(readSecretTags),
    callCloudflare,
  ),
  "judge-fleet": readAndWriteRow,
  "resume-work": all(
    readAndWriteRow,
    ({ data }) => letBegin(data),
    of((config) => startWorkflows(config, ...tenantWorkflowNames)),
    of((config) => stopExecutions(config, ...tenantWorkflowNames)),
  ),

  "diagnose-tenant": all(readRow, () => describe("Instances", "InstanceStatus")),
  "correct-route": all(
    readAndWriteRow,
    callCloudflare,
    ({ config, data }) => writeTunnelToken(config, data.parameterKey),
    ({ config, data }) => readTunnelToken(config, data.parameterKey),
  ),
  "correct-machine": all(
    readAndWriteRow,
    () => describe("Instances", "IamInstanceProfileAssociations", "Volumes"),
    ({ config, machine, network }) => correctAccess(config, machine, network),
    ({ config, machine }) => correctTags(config, machine),
    of(attachVolumes),
  ),
  "correct-secrets": all(
    writeRow,
    of(checkSecrets),
    of(readSecretTags),
    ({ config, data }) => createAdminToken(config, data.parameterKey),
    ({ config, machine }) => nameReader(config, machine.role.roleId),
  ),
  "restart-unit": all(writeRow, of(restartUnits)),
  "start-instance": all(
    writeRow,
    () => describe("Instances"),
    of((config) => changeInstances(config, "Start")),
  ),
  "reboot-instance": all(
    writeRow,
    () => describe("Instances"),
    of((config) => changeInstances(config, "Reboot")),
  ),
  "stop-instance": all(
    writeRow,
    () => describe("Instances"),
    of((config) => changeInstances(config, "Stop")),
  ),
  "snapshot-data-volume": of(snapshotBeforeReplacement),
  "move-data-volume": all(() => describe("Instances", "Volumes"), of(detachVolumes), of(attachVolumes)),
  "retire-instance": all(
    writeRow,
    () => describe("Instances", "Volumes"),
    of((config) => changeInstances(config, "Terminate")),
  ),
  "read-console": all(readRow, appendToAudit, of(readConsoles)),
  "verify-repair": all(readRow, appendToAudit),
  "finish-repair": readAndWriteRow,
};
