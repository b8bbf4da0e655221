// Every task that a state of a workflow runs, once. Which workflow runs which is said by the workflows' own files.
import type { TaskOutput } from "../core/handler/task.ts";
import { task as awaitRunningWorkflows } from "./await-running-workflows/task.ts";
import { task as correctMachine } from "./correct-machine/task.ts";
import { task as correctRoute } from "./correct-route/task.ts";
import { task as correctSecrets } from "./correct-secrets/task.ts";
import { task as createDataVolume } from "./create-data-volume/task.ts";
import { task as createDnsRecord } from "./create-dns-record/task.ts";
import { task as createSecrets } from "./create-secrets/task.ts";
import { task as createTunnel } from "./create-tunnel/task.ts";
import { task as deleteDataVolume } from "./delete-data-volume/task.ts";
import { task as deleteDnsRecord } from "./delete-dns-record/task.ts";
import { task as deleteInstance } from "./delete-instance/task.ts";
import { task as deleteSecrets } from "./delete-secrets/task.ts";
import { task as deleteTunnel } from "./delete-tunnel/task.ts";
import { task as diagnoseTenant } from "./diagnose-tenant/task.ts";
import { task as finishRepair } from "./finish-repair/task.ts";
import { task as grantSecrets } from "./grant-secrets/task.ts";
import { task as judgeFleet } from "./judge-fleet/task.ts";
import { task as launchInstance } from "./launch-instance/task.ts";
import { task as markFailed } from "./mark-failed/task.ts";
import { task as moveDataVolume } from "./move-data-volume/task.ts";
import { task as probeTenant } from "./probe-tenant/task.ts";
import { task as readConsole } from "./read-console/task.ts";
import { task as rebootInstance } from "./reboot-instance/task.ts";
import { task as restartUnit } from "./restart-unit/task.ts";
import { task as resumeWork } from "./resume-work/task.ts";
import { task as retireInstance } from "./retire-instance/task.ts";
import { task as snapshotDataVolume } from "./snapshot-data-volume/task.ts";
import { task as startInstance } from "./start-instance/task.ts";
import { task as stopInstance } from "./stop-instance/task.ts";
import { task as surveyFleet } from "./survey-fleet/task.ts";
import { task as verifyRemoval } from "./verify-removal/task.ts";
import { task as verifyRepair } from "./verify-repair/task.ts";

export const tasks = [
  awaitRunningWorkflows,
  correctMachine,
  correctRoute,
  correctSecrets,
  createDataVolume,
  createDnsRecord,
  createSecrets,
  createTunnel,
  deleteDataVolume,
  deleteDnsRecord,
  deleteInstance,
  deleteSecrets,
  deleteTunnel,
  diagnoseTenant,
  finishRepair,
  grantSecrets,
  judgeFleet,
  launchInstance,
  markFailed,
  moveDataVolume,
  probeTenant,
  readConsole,
  rebootInstance,
  restartUnit,
  resumeWork,
  retireInstance,
  snapshotDataVolume,
  startInstance,
  stopInstance,
  surveyFleet,
  verifyRemoval,
  verifyRepair,
] as const;

export type Task = (typeof tasks)[number];
export type TaskName = Task["name"];

/** What the task of this name answers. */
export type AnswerOf<Name extends TaskName> = TaskOutput<Extract<Task, { name: Name }>>;
