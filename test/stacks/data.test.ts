import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { local, production, templatesOf } from "./synthesised.ts";

const table = (keys: string[]) => ({
  KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" })),
});

describe("the data", () => {
  const { data } = templatesOf(production);

  it("hands on every change of a tenant's row, old and new", () => {
    data.hasResourceProperties("AWS::DynamoDB::Table", {
      ...table(["slug"]),
      StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
  });

  it("can be restored to any second, and is encrypted under a key of the stage's own", () => {
    data.allResourcesProperties("AWS::DynamoDB::Table", {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: "KMS", KMSMasterKeyId: Match.anyValue() },
    });
  });

  it("rotates its keys", () => {
    data.resourceCountIs("AWS::KMS::Key", 2);
    data.allResourcesProperties("AWS::KMS::Key", { EnableKeyRotation: true });
  });

  it("outlives its stack, and cannot be deleted by hand, where it is to be retained", () => {
    data.allResourcesProperties("AWS::DynamoDB::Table", { DeletionProtectionEnabled: true });
    data.allResources("AWS::DynamoDB::Table", { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
    data.allResources("AWS::KMS::Key", { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
  });

  it("goes with its stack where it is to be destroyed", () => {
    const template = templatesOf(local).data;

    template.allResourcesProperties("AWS::DynamoDB::Table", { DeletionProtectionEnabled: false });
    template.allResources("AWS::DynamoDB::Table", { DeletionPolicy: "Delete" });
    template.allResources("AWS::KMS::Key", { DeletionPolicy: "Delete" });
  });

  it("forbids everybody to change or remove an entry of the audit table", () => {
    const [audit] = Object.values(
      data.findResources("AWS::DynamoDB::Table", { Properties: table(["slug", "entry"]) }),
    );

    expect(audit?.Properties.ResourcePolicy.PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: [
          "dynamodb:BatchWriteItem",
          "dynamodb:DeleteItem",
          "dynamodb:PartiQLDelete",
          "dynamodb:PartiQLUpdate",
          "dynamodb:UpdateItem",
        ],
      }),
    ]);
  });

  it("has a place for the leases of what only one may do at a time", () => {
    data.hasResourceProperties("AWS::DynamoDB::Table", table(["name"]));
    data.hasOutput("LeasesTableName", {});
  });

  it("forgets idempotency keys", () => {
    data.hasResourceProperties("AWS::DynamoDB::Table", {
      ...table(["key"]),
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
    });
  });
});
