// Who may start, watch and stop what, and who runs which task.
import { deprovisionTasks, provisionTasks, repairTasks, sweepTasks } from "../../task-names.ts";
import * as about from "../requests.ts";
import { allTasks, may, nobody, type Power } from "./power.ts";

const watchAndStop = (what: string, name: string, roles: readonly string[]): Record<string, Power> => ({
  [`watch ${what}`]: may(roles, about.execution("DescribeExecution", name)),
  [`stop ${what}`]: may(roles, about.execution("StopExecution", name)),
});

const tasksOf: Record<string, readonly string[]> = {
  "provision-tenant": provisionTasks,
  "deprovision-tenant": deprovisionTasks,
  "health-sweep": sweepTasks,
  "repair-tenant": repairTasks,
};
const runners = (task: string): string[] =>
  Object.keys(tasksOf).filter((name) => tasksOf[name]?.includes(task));

export const workflows: Record<string, Power> = {
  "start a provision": may(
    ["dispatch-change", "resume-work"],
    about.workflow("StartExecution", "provision-tenant"),
  ),
  "start a removal": may(
    ["dispatch-change", "provision-tenant", "resume-work"],
    about.workflow("StartExecution", "deprovision-tenant"),
  ),
  "start a repair": may(
    ["dispatch-change", "resume-work"],
    about.workflow("StartExecution", "repair-tenant"),
  ),
  "start a sweep": may(["sweep-schedule"], about.workflow("StartExecution", "health-sweep")),
  ...watchAndStop("a provision", "provision-tenant", ["await-running-workflows", "resume-work"]),
  ...watchAndStop("a removal", "deprovision-tenant", ["provision-tenant", "resume-work"]),
  ...watchAndStop("a repair", "repair-tenant", ["await-running-workflows", "resume-work"]),
  "watch a sweep": may(["health-sweep"], about.execution("DescribeExecution", "health-sweep")),
  "stop a sweep": may(nobody, about.execution("StopExecution", "health-sweep")),
  "read an execution's history": may(nobody, about.execution("GetExecutionHistory", "provision-tenant")),
  "rewrite a workflow": may(nobody, about.workflow("UpdateStateMachine", "provision-tenant")),
  "follow a removal's events": may(["provision-tenant"], about.syncRule("events:PutRule")),
  "make other rules": may(nobody, about.named("events:PutRule", "rule/another", "events")),
  ...Object.fromEntries(allTasks.map((task) => [`run ${task}`, may(runners(task), about.lambda(task))])),
  "run the API's Lambda": may(nobody, about.lambda("api")),
  "run the dispatcher": may(nobody, about.lambda("dispatch-change")),
  "rewrite a task": may(nobody, about.lambda("create-tunnel", "UpdateFunctionCode")),
  "change a task's environment": may(nobody, about.lambda("create-tunnel", "UpdateFunctionConfiguration")),
  "put a change aside as failed": may(["dispatch-change"], about.failureQueue("SendMessage")),
  "read changes put aside": may(nobody, about.failureQueue("ReceiveMessage")),
  "drop changes put aside": may(nobody, about.failureQueue("PurgeQueue")),
  "put a sweep aside as not started": may(["sweep-schedule"], about.failureQueue("SendMessage", "sweeps")),
  "change when sweeps start": may(
    nobody,
    about.named("scheduler:UpdateSchedule", "schedule/default/warren-production-health-sweep"),
  ),
  "write to the operators": may(["repair-tenant"], about.operators("Publish")),
  "read what operators are told": may(nobody, about.operators("Subscribe")),
  "seal what operators are told": may(
    ["repair-tenant"],
    about.key("GenerateDataKey", "the operators' key", { via: "sns" }),
  ),
  "decrypt with the operators' key directly": may(nobody, about.key("Decrypt", "the operators' key")),
};
