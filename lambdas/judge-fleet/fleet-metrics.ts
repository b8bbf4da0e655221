// What the alarms and the dashboard are made of: one value each a sweep, of the fleet as a whole.
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Fleet } from "./fleet.ts";

export interface FleetMetrics {
  /** @param held whether the outage guard keeps all repairs from beginning */
  publish(fleet: Fleet, held: boolean): void;
}

export const fleetMetrics = (metrics: Metrics): FleetMetrics => ({
  publish: (fleet, held) => {
    for (const [health, count] of Object.entries(fleet.counts)) {
      metrics.singleMetric().addDimension("health", health).addMetric("Tenants", MetricUnit.Count, count);
    }
    metrics.addMetric("TenantsDegraded", MetricUnit.Count, fleet.degraded);
    metrics.addMetric("Repairing", MetricUnit.Count, fleet.repairing);
    metrics.addMetric("Queued", MetricUnit.Count, fleet.queued);
    metrics.addMetric("RemovalsFailed", MetricUnit.Count, fleet.left);
    metrics.addMetric("Connections", MetricUnit.Count, fleet.connections);
    metrics.addMetric("SecondsSinceHealthy", MetricUnit.Seconds, fleet.oldestUnhealthySeconds);
    metrics.addMetric("SurveyCloudflareCalls", MetricUnit.Count, fleet.calls);
    metrics.addMetric("MachinesWithoutRow", MetricUnit.Count, fleet.strays.length);
    metrics.addMetric("OutageGuard", MetricUnit.Count, held ? 1 : 0);
    metrics.addMetric("Sweeps", MetricUnit.Count, 1);
    if (fleet.quotaLeft !== undefined) {
      metrics.addMetric("CloudflareQuotaLeft", MetricUnit.Percent, fleet.quotaLeft * 100);
    }
  },
});
