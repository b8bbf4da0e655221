import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Key } from "aws-cdk-lib/aws-kms";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Topic } from "aws-cdk-lib/aws-sns";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadConfig } from "../config/load-config.ts";
import type { TaskFunction } from "../constructs/task-function.ts";
import { newApp } from "../new-app.ts";
import { Workflow } from "./workflow.ts";
import { type Target, topicTarget } from "./workflow-targets.ts";

const config = loadConfig("production.example");

const state = (Resource: string, Arguments: object) => ({ Type: "Task", Resource, Arguments, End: true });
const invoke = (task: string) =>
  state("arn:aws:states:::lambda:invoke", { FunctionName: `\${${task}FunctionArn}` });
const arnOf = (task: string) => `arn:aws:lambda:eu-central-1:111122223333:function:${task}`;
const tableArn = "arn:aws:dynamodb:eu-central-1:111122223333:table/a-table";

/** Only what the construct looks at. */
const task = (name: string) =>
  ({ task: name, lambda: { functionArn: arnOf(name) } as LambdaFunction }) as TaskFunction;

const workflow = (States: object, tasks: TaskFunction[], targets: Record<string, Target> = {}): Template => {
  const directory = mkdtempSync(join(tmpdir(), "warren-workflow-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "example.asl.json");
  writeFileSync(file, JSON.stringify({ Comment: "An example.", StartAt: "A", States }));
  const stack = new Stack(newApp(join(directory, "cdk.out")), "Stack");
  new Workflow(stack, "Workflow", { config, name: "example", file, tasks, targets });
  return Template.fromStack(stack);
};

describe("a workflow", () => {
  it("puts the functions' ARNs where the file has placeholders", () => {
    const template = workflow({ A: invoke("CreateDNSRecord") }, [task("create-dns-record")]);

    template.hasResourceProperties("AWS::StepFunctions::StateMachine", {
      DefinitionSubstitutions: { CreateDNSRecordFunctionArn: arnOf("create-dns-record") },
    });
  });

  it("finds tasks inside parallel branches and maps, and may invoke just those", () => {
    const branches = [{ StartAt: "B", States: { B: invoke("FirstTask") } }];
    const processor = { StartAt: "C", States: { C: invoke("SecondTask") } };
    const template = workflow(
      {
        A: { Type: "Parallel", Branches: branches, Next: "M" },
        M: { Type: "Map", ItemProcessor: processor, End: true },
      },
      [task("first-task"), task("second-task")],
    );

    template.hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: "lambda:InvokeFunction",
            Resource: [arnOf("first-task"), arnOf("second-task")],
          }),
        ]),
      },
    });
  });

  it("may do to a table what its states do", () => {
    const target: Target = {
      value: "a-table",
      permissions: (action) => [{ actions: [`dynamodb:${action}`], resources: [tableArn] }],
    };
    const update = state("arn:aws:states:::dynamodb:updateItem", { TableName: `\${TenantsTableName}` });

    workflow({ A: update }, [], { TenantsTableName: target }).hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: "dynamodb:updateItem" })]) },
    });
  });

  it("may publish to a topic, and use its key where it has one", () => {
    const stack = new Stack(newApp("cdk.out"), "Topics");
    const masterKey = new Key(stack, "Key");
    const actionsOn = (topic: Topic) =>
      topicTarget(topic)
        .permissions("publish")
        .flatMap(({ actions }) => actions);

    expect(actionsOn(new Topic(stack, "Open"))).toEqual(["sns:Publish"]);
    expect(actionsOn(new Topic(stack, "Sealed", { masterKey }))).toEqual([
      "sns:Publish",
      "kms:Decrypt",
      "kms:GenerateDataKey",
    ]);
  });

  it("may look at its own executions where a state asks for one that it knows from elsewhere", () => {
    const described = state("arn:aws:states:::aws-sdk:sfn:describeExecution", {
      ExecutionArn: "{% $holder %}",
    });

    workflow({ A: described }, []).hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: "states:DescribeExecution",
            Resource: { "Fn::Join": ["", Match.arrayWith([":execution:example:*"])] },
          }),
        ]),
      },
    });
  });

  it("names every placeholder that stands for nothing, and every one that is not used", () => {
    const states = { A: invoke("LostTask") };

    expect(() => workflow(states, [task("idle-task")])).toThrow(
      /LostTaskFunctionArn\} stands for nothing; \$\{IdleTaskFunctionArn\} is not used\. Known placeholders: IdleTask/,
    );
  });

  it("refuses a call for which it would not know what to allow", () => {
    const states = { A: state("arn:aws:states:::sqs:sendMessage", { QueueUrl: "https://queue" }) };

    expect(() => workflow(states, [])).toThrow(
      /the state "A" calls arn:aws:states:::sqs:sendMessage on .* no permission is known/,
    );
  });
});
