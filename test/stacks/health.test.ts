import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { restartableUnits } from "../../core/machine/machine-contract.ts";
import { stateTimeouts } from "./state-timeouts.ts";
import { changed, local, production, templatesOf } from "./synthesised.ts";

const { health } = templatesOf(production);
const healthWith = (changes: object) => templatesOf(changed(production, changes)).health;

const lambdas = Object.values(health.findResources("AWS::Lambda::Function")).map(
  ({ Properties }) => Properties,
);
const taskOf = ({ FunctionName }: { FunctionName: string }) => FunctionName.replace("warren-production-", "");

describe("the tasks of sweeps and repairs", () => {
  it("end before their state gives up on them, so that the error is their own", () => {
    const timeouts = stateTimeouts("health-sweep", "repair-tenant");

    const late = lambdas.filter((task) => task.Timeout >= (timeouts.get(taskOf(task)) ?? 0));

    // Without launch-instance, grant-secrets and read-console, which are the control plane's.
    expect(lambdas).toHaveLength(timeouts.size - 3);
    expect(late.map(taskOf)).toEqual([]);
  });

  it("look at a fleet of 10,000 within 512 MiB", () => {
    const survey = lambdas.find((lambda) => taskOf(lambda) === "survey-fleet");

    expect(survey).toMatchObject({ MemorySize: 512, Timeout: 115 });
  });

  it("know what the configuration says about outages and repairs", () => {
    const limits = { outageShare: 0.3, outageMinimum: 4, cooldownSeconds: 60 };
    const template = healthWith({
      health: { ...limits, probesPerSweep: 100, snapshotBeforeReplacement: false },
      limits: { repairs: 7 },
    });

    const variables = Object.values(template.findResources("AWS::Lambda::Function")).map(
      ({ Properties }) => Properties.Environment.Variables,
    );

    expect(Object.assign({}, ...variables)).toMatchObject({
      OUTAGE_SHARE: "0.3",
      OUTAGE_MINIMUM: "4",
      REPAIRS_AT_ONCE: "7",
      COOLDOWN_SECONDS: "60",
      PROBES_PER_SWEEP: "100",
      SNAPSHOT_BEFORE_REPLACEMENT: "false",
      RESTART_DOCUMENT: "warren-production-restart-unit",
    });
  });
});

describe("the workflows of health", () => {
  it("have the names by which schedule and dispatcher start them", () => {
    for (const name of ["health-sweep", "repair-tenant"]) {
      health.hasResourceProperties("AWS::StepFunctions::StateMachine", {
        StateMachineName: `warren-production-${name}`,
        LoggingConfiguration: { Level: "ALL", IncludeExecutionData: false, Destinations: Match.anyValue() },
        TracingConfiguration: { Enabled: true },
      });
    }
  });
});

describe("the schedule of sweeps", () => {
  it.each([
    [1, "rate(1 minute)"],
    [2, "rate(2 minutes)"],
    [60, "rate(60 minutes)"],
  ])("comes every %d minutes, to the minute", (everyMinutes, ScheduleExpression) => {
    healthWith({ health: { everyMinutes } }).hasResourceProperties("AWS::Scheduler::Schedule", {
      ScheduleExpression,
      FlexibleTimeWindow: { Mode: "OFF" },
    });
  });

  it("tries no longer than until the next one, and sets aside what it could not start", () => {
    health.hasResourceProperties("AWS::Scheduler::Schedule", {
      Target: {
        RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 60 },
        DeadLetterConfig: { Arn: { "Fn::GetAtt": [Match.stringLikeRegexp("Failures"), "Arn"] } },
      },
    });
    health.hasResourceProperties("AWS::SQS::Queue", { SqsManagedSseEnabled: true });
  });

  it("lends its role to this account's schedules only", () => {
    health.hasResourceProperties("AWS::IAM::Role", {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: "scheduler.amazonaws.com" },
            Condition: {
              StringEquals: {
                "aws:SourceAccount": { Ref: "AWS::AccountId" },
                "aws:SourceArn": { "Fn::Join": ["", Match.arrayWith([":schedule-group/default"])] },
              },
            },
          }),
        ],
      },
    });
  });

  it("starts nothing before the sweep and the role's policy are there", () => {
    const [schedule] = Object.values(health.findResources("AWS::Scheduler::Schedule"));
    const waitsFor = schedule?.DependsOn.map((id: string) => id.replace(/[0-9A-F]{8}$/, ""));

    expect(waitsFor).toEqual(
      expect.arrayContaining(["healthsweepStateMachine", "ScheduleRoleDefaultPolicy"]),
    );
  });
});

describe("the restart document", () => {
  const [document] = Object.values(health.findResources("AWS::SSM::Document"));

  it("restarts one of the units that may be, and takes no other word from whoever runs it", () => {
    const { parameters, mainSteps } = document?.Properties.Content ?? {};

    expect(Object.keys(parameters)).toEqual(["unit"]);
    expect(parameters.unit.allowedValues).toEqual([...restartableUnits]);
    expect(mainSteps).toEqual([
      {
        action: "aws:runShellScript",
        name: "restart",
        inputs: { timeoutSeconds: "90", runCommand: [`PATH="$PATH:/opt/warren" restart-unit.sh {{ unit }}`] },
      },
    ]);
  });

  it("keeps its name when it changes", () => {
    expect(document?.Properties).toMatchObject({
      Name: "warren-production-restart-unit",
      UpdateMethod: "NewVersion",
    });
  });
});

describe("the daily snapshots", () => {
  it("are of this stage's data volumes, marked as what they are, and as many as are to be kept", () => {
    health.hasResourceProperties("AWS::DLM::LifecyclePolicy", {
      State: "ENABLED",
      PolicyDetails: {
        ResourceTypes: ["VOLUME"],
        // One tag: of several, any would do.
        TargetTags: [{ Key: "warren:data-of", Value: "production" }],
        Schedules: [
          {
            CreateRule: { Interval: 24, IntervalUnit: "HOURS", Times: ["03:00"] },
            RetainRule: { Count: 14 },
            CopyTags: true,
            TagsToAdd: [{ Key: "warren:snapshot", Value: "daily" }],
          },
        ],
      },
    });
  });

  it("lend their role to this account's policies only", () => {
    health.hasResourceProperties("AWS::IAM::Role", {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: "dlm.amazonaws.com" },
            Condition: {
              StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } },
              ArnLike: { "aws:SourceArn": { "Fn::Join": ["", Match.arrayWith([":policy/*"])] } },
            },
          }),
        ],
      },
    });
  });

  it("are missed after two days, where there are tenants", () => {
    health.hasResourceProperties("AWS::CloudWatch::Alarm", {
      AlarmName: "warren-production-snapshots-missing",
      EvaluationPeriods: 2,
      Metrics: Match.arrayWith(
        ["SnapshotsCreateCompleted", "SnapshotsCreateFailed"].map((MetricName) =>
          Match.objectLike({
            MetricStat: Match.objectLike({
              Metric: {
                Namespace: "AWS/EBS",
                MetricName,
                Dimensions: [
                  { Name: "DLMPolicyId", Value: { Ref: Match.stringLikeRegexp("^DailySnapshots") } },
                ],
              },
              Period: 86_400,
            }),
          }),
        ),
      ),
    });
  });

  it("are made only where the configuration asks for them", () => {
    templatesOf(local).health.resourceCountIs("AWS::DLM::LifecyclePolicy", 0);
  });
});
