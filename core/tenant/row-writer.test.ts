import { describe, expect, it } from "vitest";
import { incarnation } from "../../test/support/sample.ts";
import { rowUpdate } from "./row-writer.ts";

describe("a write into a tenant's row", () => {
  it("is conditional on the generation", () => {
    const update = rowUpdate("tenants", incarnation, {
      set: ["updatedAt = :now"],
      values: { ":now": "now" },
    });

    expect(update).toMatchObject({
      UpdateExpression: "SET updatedAt = :now",
      ConditionExpression: "generation = :generation",
      ExpressionAttributeValues: { ":generation": incarnation.generation, ":now": "now" },
    });
    expect(update).not.toHaveProperty("ExpressionAttributeNames");
  });

  it("that changes the status is conditional on the one that it changes", () => {
    const update = rowUpdate("tenants", incarnation, {
      status: { from: "provisioning", to: "failed" },
      remove: ["health"],
    });

    expect(update).toMatchObject({
      UpdateExpression: "SET #status = :to REMOVE health",
      ConditionExpression: "generation = :generation AND #status = :from",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":from": "provisioning", ":to": "failed" },
    });
  });

  it("to a status that may not follow is not even sent", () => {
    const change = { status: { from: "deleting", to: "ready" } } as const;

    expect(() => rowUpdate("tenants", incarnation, change)).toThrow(/deleting cannot become ready/);
  });
});
