// Who may start, watch and stop what, and who runs which task.
import { deprovisionTasks, provisionTasks, repairTasks, sweepTasks } from "../../support/task-names.ts";
import * as about from "../requests.ts";
import { allTasks, nobody, only, type Power } from "./power.ts";

const watchAndStop = (what: string, name: string, roles: readonly string[]): Record<string, Power> => ({
  [`watch ${what}`]: only(roles, about.execution("DescribeExecution", name)),
  [`stop ${what}`]: only(roles, about.execution("StopExecution", name)),
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
  "start a provision": only(
    ["dispatch-change", "resume-work"],
    about.workflow("StartExecution", "provision-tenant"),
  ),
  "start a removal": only(
    ["dispatch-change", "provision-tenant", "resume-work"],
    about.workflow("StartExecution", "deprovision-tenant"),
  ),
  "start a repair": only(
    ["dispatch-change", "resume-work"],
    about.workflow("StartExecution", "repair-tenant"),
  ),
  "start a sweep": only(["sweep-schedule"], about.workflow("StartExecution", "health-sweep")),
  ...watchAndStop("a provision", "provision-tenant", ["await-running-workflows", "resume-work"]),
  ...watchAndStop("a removal", "deprovision-tenant", ["provision-tenant", "resume-work"]),
  ...watchAndStop("a repair", "repair-tenant", ["await-running-workflows", "resume-work"]),
  "watch a sweep": only(["health-sweep"], about.execution("DescribeExecution", "health-sweep")),
  "stop a sweep": only(nobody, about.execution("StopExecution", "health-sweep")),
  "read an execution's history": only(nobody, about.execution("GetExecutionHistory", "provision-tenant")),
  "rewrite a workflow": only(nobody, about.workflow("UpdateStateMachine", "provision-tenant")),
  "follow a removal's events": only(["provision-tenant"], about.syncRule("events:PutRule")),
  "send a removal's events somewhere": only(["provision-tenant"], about.syncRule("events:PutTargets")),
  "see how a removal's events are followed": only(
    ["provision-tenant"],
    about.syncRule("events:DescribeRule"),
  ),
  "make other rules": only(nobody, about.named("events:PutRule", "rule/another", "events")),
  ...Object.fromEntries(allTasks.map((task) => [`run ${task}`, only(runners(task), about.lambda(task))])),
  "run the API's Lambda": only(nobody, about.lambda("api")),
  "run the dispatcher": only(nobody, about.lambda("dispatch-change")),
  "rewrite a task": only(nobody, about.lambda("create-tunnel", "UpdateFunctionCode")),
  "change a task's environment": only(nobody, about.lambda("create-tunnel", "UpdateFunctionConfiguration")),
  "put a change aside as failed": only(["dispatch-change"], about.failureQueue("SendMessage")),
  "read changes put aside": only(nobody, about.failureQueue("ReceiveMessage")),
  "drop changes put aside": only(nobody, about.failureQueue("PurgeQueue")),
  "put a sweep aside as not started": only(["sweep-schedule"], about.failureQueue("SendMessage", "sweeps")),
  "change when sweeps start": only(
    nobody,
    about.named("scheduler:UpdateSchedule", "schedule/default/warren-production-health-sweep"),
  ),
  "write to the operators": only(["repair-tenant"], about.operators("Publish")),
  "read what operators are told": only(nobody, about.operators("Subscribe")),
  "seal what operators are told": only(
    ["repair-tenant"],
    about.key("GenerateDataKey", "the operators' key", { via: "sns" }),
  ),
  "decrypt with the operators' key directly": only(nobody, about.key("Decrypt", "the operators' key")),
};
