import type { SummaryStatus } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { statusCheckOf } from "./status-check.ts";

const checksOf = (system: SummaryStatus, instance: SummaryStatus) => ({
  SystemStatus: { Status: system },
  InstanceStatus: { Status: instance },
});

describe("EC2's two status checks in one", () => {
  it.each([
    ["ok", "ok", "ok"],
    ["ok", "impaired", "impaired"],
    ["impaired", "initializing", "impaired"],
    ["impaired", "insufficient-data", "impaired"],
    ["initializing", "ok", "initializing"],
    ["insufficient-data", "initializing", "initializing"],
  ] as const)("of %s and %s is %s", (system, instance, expected) => {
    expect(statusCheckOf(checksOf(system, instance))).toBe(expected);
    expect(statusCheckOf(checksOf(instance, system))).toBe(expected);
  });

  it.each(["ok", "insufficient-data", "not-applicable"] as const)(
    "is unknown where one has insufficient data, whatever the other says that is no complaint: %s",
    (other) => {
      expect(statusCheckOf(checksOf("insufficient-data", other))).toBe("unknown");
      expect(statusCheckOf(checksOf(other, "insufficient-data"))).toBe("unknown");
    },
  );

  it("is unknown where EC2 tells nothing, or a word that we do not know", () => {
    expect(statusCheckOf(undefined)).toBe("unknown");
    expect(statusCheckOf({})).toBe("unknown");
    expect(statusCheckOf(checksOf("ok", "excellent" as SummaryStatus))).toBe("unknown");
  });
});
