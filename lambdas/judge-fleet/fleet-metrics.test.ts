import { Metrics } from "@aws-lambda-powertools/metrics";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { recordConsole } from "../../test/support/deployed-task.ts";
import { surveyOf } from "../../test/support/sample-surveys.ts";
import { fleetOf } from "./fleet.ts";
import { fleetMetrics } from "./fleet-metrics.ts";

describe("the fleet's metrics", () => {
  beforeEach(() => {
    vi.stubEnv("POWERTOOLS_DEV", "true");
    vi.stubEnv("POWERTOOLS_METRICS_DISABLED", "false");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  const publish = (quotaLeft: number | undefined, held = false) => {
    const log = recordConsole();
    const metrics = new Metrics({
      namespace: "Warren",
      serviceName: "judge-fleet",
      defaultDimensions: { stage: "test" },
    });
    const survey = surveyOf({
      oldestUnhealthySeconds: 30,
      cloudflare: { calls: 3, ...(quotaLeft !== undefined && { quotaLeft }) },
    });
    fleetMetrics(metrics).publish(fleetOf([survey]), held);
    metrics.publishStoredMetrics();
    return log()
      .replaceAll("}{", "}\n{")
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it("are published with stage and service, and tenants by their health", () => {
    const lines = publish(0.25, true);

    const tenants = lines.filter(({ health }) => health).map(({ health, Tenants }) => [health, Tenants]);
    expect(Object.fromEntries(tenants)).toEqual({
      healthy: 100,
      degraded: 0,
      down: 0,
      starting: 0,
      unknown: 0,
    });
    expect(lines.at(-1)).toMatchObject({
      stage: "test",
      service: "judge-fleet",
      TenantsDegraded: 0,
      Repairing: 0,
      RemovalsFailed: 0,
      Connections: 400,
      SecondsSinceHealthy: 30,
      SurveyCloudflareCalls: 3,
      OutageGuard: 1,
      Sweeps: 1,
      CloudflareQuotaLeft: 25,
    });
    expect(lines[0]).toMatchObject({ stage: "test", service: "judge-fleet" });
  });

  it("tell nothing of Cloudflare's quota while it is not known", () => {
    expect(publish(undefined).at(-1)).not.toHaveProperty("CloudflareQuotaLeft");
  });
});
