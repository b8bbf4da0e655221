import { Match } from "aws-cdk-lib/assertions";
import type { Context } from "aws-lambda";
import { afterEach, describe, expect, it, vi } from "vitest";
import { withObservability } from "../../core/handler/observability.ts";
import { fleetOf } from "../../lambdas/judge-fleet/fleet.ts";
import { fleetMetrics } from "../../lambdas/judge-fleet/fleet-metrics.ts";
import { runbookSections } from "../../lib/runbook.ts";
import { changed, local, production, staging, templatesOf } from "./synthesised.ts";

const { monitoring } = templatesOf(production);
const alarmsOf = (template: typeof monitoring) =>
  Object.values(template.findResources("AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties);
const alarms = alarmsOf(monitoring);
const alarm = (name: string) => alarms.find(({ AlarmName }) => AlarmName === `warren-production-${name}`);

describe("the alarms", () => {
  it("are these", () => {
    expect(alarms.map(({ AlarmName }) => AlarmName.replace("warren-production-", "")).sort()).toEqual([
      "changes-set-aside",
      "cloudflare-quota",
      "data-disk-full",
      "deprovision-tenant-failed",
      "deprovision-tenant-timed-out",
      "health-sweep-failed",
      "health-sweep-timed-out",
      "outage-guard",
      "provision-tenant-failed",
      "provision-tenant-timed-out",
      "removal-failed",
      "repair-tenant-timed-out",
      "sweep-missing",
      "sweeps-set-aside",
      "system-disk-full",
      "tenants-degraded",
    ]);
  });

  it("watch the keeper of images only where a stage builds its own, and miss it after two days", () => {
    const { image, ...without } = staging;
    const named = (config: typeof production) =>
      alarmsOf(templatesOf(config).monitoring).find(({ AlarmName }) => AlarmName.endsWith("-images-kept"));

    expect(image).toBeDefined();
    expect(named(without as typeof production)).toBeUndefined();
    expect(named(staging)).toMatchObject({
      Namespace: "AWS/Lambda",
      MetricName: "Errors",
      Dimensions: [{ Name: "FunctionName", Value: "warren-staging-protect-images" }],
      Period: 86_400,
      EvaluationPeriods: 2,
      TreatMissingData: "breaching",
    });
  });

  it("tell the operators, in a sentence or two, and where to read on", () => {
    const elsewhere = [templatesOf(staging).monitoring, templatesOf(production).health].flatMap(alarmsOf);
    const sections = [...alarms, ...elsewhere].map(({ AlarmDescription }) => {
      expect(AlarmDescription).toMatch(/^([A-Z][^.]+\. ){1,2}Runbook: docs\/runbook\.md#[a-z-]+$/);
      return AlarmDescription.split("#")[1];
    });

    expect([...new Set(sections)].sort()).toEqual([...runbookSections].sort());
    for (const { AlarmActions } of alarms)
      expect(AlarmActions).toEqual([{ Ref: expect.stringMatching("Topic") }]);
  });

  it("miss sweeps after three intervals, however long those are", () => {
    const slow = alarmsOf(templatesOf(changed(production, { health: { everyMinutes: 10 } })).monitoring);

    expect(slow.find(({ AlarmName }) => AlarmName.endsWith("sweep-missing"))).toMatchObject({
      MetricName: "Sweeps",
      Statistic: "Sum",
      Period: 600,
      EvaluationPeriods: 3,
      ComparisonOperator: "LessThanThreshold",
      Threshold: 1,
      TreatMissingData: "breaching",
    });
  });

  it("are told of sweeps that fail, or see too little, only when they go on so", () => {
    expect(alarm("health-sweep-failed")).toMatchObject({ Period: 300, EvaluationPeriods: 2 });
  });

  it.each([
    ["tenants-degraded", "TenantsDegraded", "GreaterThanOrEqualToThreshold", 1],
    ["removal-failed", "RemovalsFailed", "GreaterThanOrEqualToThreshold", 1],
    ["outage-guard", "OutageGuard", "GreaterThanOrEqualToThreshold", 1],
    ["cloudflare-quota", "CloudflareQuotaLeft", "LessThanThreshold", 20],
  ])("%s stays as it is while no sweep tells more", (name, MetricName, ComparisonOperator, Threshold) => {
    expect(alarm(name)).toMatchObject({
      MetricName,
      ComparisonOperator,
      Threshold,
      Period: 60,
      EvaluationPeriods: 1,
      TreatMissingData: "ignore",
    });
  });

  it("watch workflows by the ARNs that they will have", () => {
    const failed = alarm("health-sweep-failed");

    expect(failed).toMatchObject({
      Namespace: "AWS/States",
      MetricName: "ExecutionsFailed",
      Statistic: "Sum",
    });
    expect(JSON.stringify(failed?.Dimensions)).toContain(":stateMachine:warren-production-health-sweep");
  });

  it("watch both queues of failures", () => {
    const [queue] = Object.values(templatesOf(production).health.findResources("AWS::SQS::Queue"));

    expect(alarm("sweeps-set-aside")?.Dimensions).toEqual([
      { Name: "QueueName", Value: queue?.Properties.QueueName },
    ]);
    expect(JSON.stringify(alarm("changes-set-aside")?.Dimensions)).toContain("DispatcherFailures");
  });

  it("need no metric math, which the local AWS does not know", () => {
    expect(alarms.filter(({ Metrics }) => Metrics)).toEqual([]);
  });
});

describe("what the alarms watch of ours", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it("is what a sweep reports, in name and dimensions", async () => {
    vi.stubEnv("STAGE", "production");
    // Metrics go by the console that the test listens to, which would otherwise leave them out.
    vi.stubEnv("POWERTOOLS_DEV", "true");
    vi.stubEnv("POWERTOOLS_METRICS_DISABLED", "false");
    vi.spyOn(console, "info").mockImplementation(() => undefined);
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const sweep = withObservability("judge-fleet", ({ metrics }) => async () => {
      fleetMetrics(metrics).publish({ ...fleetOf([]), quotaLeft: 0.5 }, true);
    });

    await sweep({}, { functionName: "judge-fleet" } as Context);

    const reports = log.mock.calls.map(([line]) => JSON.parse(String(line))).filter(({ _aws }) => _aws);
    const reported = reports.flatMap((report) => seriesOf(report));
    const watched = alarms.filter((one) => one.Namespace === "Warren").map(asSeries);
    expect(watched).toHaveLength(5);
    expect(reported).toEqual(expect.arrayContaining(watched));
  });
});

interface Series {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
}

/** Source: CloudWatch User Guide, "Embedded metric format specification". */
const seriesOf = (report: Record<string, string> & { _aws: EmbeddedMetrics }): Series[] =>
  report._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.map(({ Name }) => ({
      namespace: Namespace,
      name: Name,
      dimensions: Object.fromEntries(Dimensions.flat().map((name) => [name, report[name] ?? ""])),
    })),
  );

interface EmbeddedMetrics {
  CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[];
}

const asSeries = (alarm: Record<string, unknown>): Series => ({
  namespace: String(alarm.Namespace),
  name: String(alarm.MetricName),
  dimensions: Object.fromEntries(
    (alarm.Dimensions as { Name: string; Value: string }[]).map(({ Name, Value }) => [Name, Value]),
  ),
});

describe("the operators' topic", () => {
  const onlyOurAlarms = Match.objectLike({
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Condition: {
      StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } },
      ArnLike: { "aws:SourceArn": { "Fn::Join": ["", Match.arrayWith([":alarm:warren-production-*"])] } },
    },
  });

  it("is encrypted with a key that the stage's alarms may use", () => {
    monitoring.hasResourceProperties("AWS::SNS::Topic", { KmsMasterKeyId: Match.anyValue() });
    monitoring.hasResourceProperties("AWS::KMS::Key", {
      EnableKeyRotation: true,
      KeyPolicy: { Statement: Match.arrayWith([onlyOurAlarms]) },
    });
    monitoring.hasResourceProperties("AWS::SNS::TopicPolicy", {
      PolicyDocument: { Statement: Match.arrayWith([onlyOurAlarms]) },
    });
  });

  it("refuses plain HTTP, but for a stage on this machine", () => {
    const denied = (template: typeof monitoring) =>
      JSON.stringify(template.findResources("AWS::SNS::TopicPolicy")).includes("aws:SecureTransport");

    expect([denied(monitoring), denied(templatesOf(local).monitoring)]).toEqual([true, false]);
  });

  it("writes to everybody whom the configuration names", () => {
    const addresses = Object.values(monitoring.findResources("AWS::SNS::Subscription")).map(
      ({ Properties }) => `${Properties.Protocol} ${Properties.Endpoint}`,
    );

    expect(addresses).toEqual(["email oncall@example.com", "email ops@example.com"]);
    templatesOf(local).monitoring.resourceCountIs("AWS::SNS::Subscription", 0);
  });
});
