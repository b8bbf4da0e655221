import { Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import type { IConstruct } from "constructs";
import { beforeAll, describe, expect, it } from "vitest";
import { newStage, production, staging } from "./synthesised.ts";

interface Acknowledgement {
  place: string;
  rule: string;
  reason: string;
}

/** The rules as they are without anybody's acknowledgement; that method is private to the package. */
const unforgiving = (): AwsSolutionsChecks =>
  Object.assign(new AwsSolutionsChecks(), { isAcknowledged: () => false });

const findingsOf = (checks: AwsSolutionsChecks, app: IConstruct): string[] =>
  checks
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${constructPath} ${ruleName}`),
    );

const acknowledgementsIn = (app: IConstruct): Acknowledgement[] =>
  app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([id, reason]) => ({ place: node.path, rule: id.replace(/^annotation::/i, ""), reason }))
      // CDK acknowledges findings of its own validation, too.
      .filter(({ rule }) => rule.startsWith("AwsSolutions-")),
  );

describe.each([production, staging])("the security rules of AWS Solutions, for $stage", (config) => {
  const { app } = newStage(config);
  beforeAll(() => {
    app.synth();
  });

  it("find nothing that is not explained", () => {
    expect(findingsOf(new AwsSolutionsChecks(), app)).toEqual([]);
  });

  it("are suspended only with a reason, where they would find something", () => {
    const findings = findingsOf(unforgiving(), app);

    const idle = acknowledgementsIn(app).filter(
      ({ place, rule }) =>
        !findings.some((finding) => finding.startsWith(`${place}/`) && finding.endsWith(` ${rule}`)),
    );
    const vague = acknowledgementsIn(app).filter(({ reason }) => reason.split(" ").length < 5);

    expect({ idle, vague }).toEqual({ idle: [], vague: [] });
  });
});
