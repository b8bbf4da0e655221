import { describe, expect, it } from "vitest";
import { checkStatusChange, nextStatuses, type TenantStatus, tenantStatus } from "./status.ts";

const statuses = tenantStatus.options;
const reachable = (from: TenantStatus, seen = new Set<TenantStatus>([from])): Set<TenantStatus> => {
  for (const to of nextStatuses[from]) if (!seen.has(to)) reachable(to, seen.add(to));
  return seen;
};

describe("the status of a tenant", () => {
  it.each(statuses)("can be left for a removal from %s, if not at once then in a few steps", (status) => {
    expect(reachable(status)).toContain("deleting");
  });

  it("is never provisioning again: that is another incarnation", () => {
    expect(Object.values(nextStatuses).flat()).not.toContain("provisioning");
  });

  it("comes back from a removal only as one that failed", () => {
    expect(nextStatuses.deleting).toEqual(["failed"]);
  });

  it("that may not follow is refused, with those that may", () => {
    expect(() => checkStatusChange({ from: "failed", to: "ready" })).toThrow(
      "A tenant that is failed cannot become ready; allowed: deleting.",
    );
  });
});
