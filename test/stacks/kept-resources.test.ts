import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Config } from "../../lib/config/config.ts";
import { type KeptStacks, lossesIn, type StackTemplates } from "./kept-resources.ts";
import { newStage, production, staging } from "./synthesised.ts";

const record: KeptStacks = parse(readFileSync(join(import.meta.dirname, "kept-resources.yaml"), "utf8"));

const keptOf = ({ stage }: Config): KeptStacks =>
  Object.fromEntries(Object.entries(record).filter(([stack]) => stack.startsWith(`Warren-${stage}-`)));

const templatesOf = (config: Config): StackTemplates => {
  const stacks = Object.values(newStage(config).stacks).filter((stack) => stack !== undefined);
  return Object.fromEntries(
    stacks.map((stack) => [stack.stackName, Template.fromStack(stack).toJSON() as StackTemplates[string]]),
  );
};

describe.each([
  ["production", production],
  ["staging", staging],
])("a deploy of %s", (_name, config) => {
  it("replaces, deletes and renames nothing that holds data or is known by its name", () => {
    expect(lossesIn(keptOf(config), templatesOf(config))).toEqual([]);
  });
});

describe("a change that would lose something", () => {
  const kept = keptOf(production);
  const synthesised = templatesOf(production);

  /** The templates after a change, and what is said about it. */
  const lossesAfter = (change: (stack: (name: string) => StackTemplates[string]) => void): string[] => {
    const templates = structuredClone(synthesised);
    change((name) => {
      const template = templates[`Warren-production-${name}`];
      if (!template) throw new Error(`production has no stack ${name}`);
      return template;
    });
    return lossesIn(kept, templates);
  };
  const resource = (template: StackTemplates[string], id: string) => {
    const found = template.Resources[id];
    if (!found) throw new Error(`${id} is not in the template`);
    return found;
  };

  it("is a table's other key", () => {
    const losses = lossesAfter((stack) => {
      const KeySchema = [{ AttributeName: "hostname", KeyType: "HASH" }];
      Object.assign(resource(stack("Data"), "TenantsA9C48FD3").Properties ?? {}, { KeySchema });
    });

    expect(losses).toEqual([
      expect.stringMatching(
        /^Warren-production-Data\/TenantsA9C48FD3 .* because KeySchema was .*slug.* would be .*hostname.* empty table/,
      ),
    ]);
  });

  it("is a key in another stack", () => {
    const losses = lossesAfter((stack) => {
      const { ParameterKey0614EE0C: key, ...Resources } = stack("Data").Resources;
      stack("Data").Resources = Resources;
      if (key) stack("ControlPlane").Resources.ParameterKey0614EE0C = key;
    });

    expect(losses).toEqual([
      expect.stringMatching(/^Warren-production-Data\/ParameterKey0614EE0C .* is gone.*overrideLogicalId/),
      expect.stringMatching(/^Warren-production-ControlPlane\/ParameterKey0614EE0C is new/),
    ]);
  });

  it("is a topic of another logical id, and what of its own refers to it", () => {
    const losses = lossesAfter((stack) => {
      const text = JSON.stringify(stack("Monitoring")).replaceAll("OperatorsTopic2DD4C591", "AlarmsTopic");
      Object.assign(stack("Monitoring"), JSON.parse(text));
    });

    expect(losses.join("\n")).toMatch(/OperatorsTopic2DD4C591 \(AWS::SNS::Topic\) is gone, .*nobody is told/);
    expect(losses.join("\n")).toMatch(/AWS::SNS::Subscription\) would be replaced, because TopicArn/);
  });

  it("is a named topic, where it had no name", () => {
    const losses = lossesAfter((stack) => {
      const { Properties } = resource(stack("Monitoring"), "OperatorsTopic2DD4C591");
      Object.assign(Properties ?? {}, { TopicName: "operators" });
    });

    expect(losses).toContainEqual(
      expect.stringContaining('because TopicName was not set and would be "operators"'),
    );
  });

  it("is a table that would go with its stack", () => {
    const losses = lossesAfter((stack) => {
      resource(stack("Data"), "Audit3D8ADE0A").DeletionPolicy = "Delete";
    });

    expect(losses).toEqual([
      expect.stringMatching(/Audit3D8ADE0A .* had DeletionPolicy Retain and would have Delete/),
    ]);
  });

  it("is an output that the runbook reads, or that another stack imports", () => {
    const losses = lossesAfter((stack) => {
      stack("Data").Outputs = {};
    });

    expect(losses).toContainEqual(expect.stringMatching(/no longer has the output TenantsTableName, which/));
    expect(losses).toContainEqual(
      expect.stringMatching(/no longer exports ExportsOutputRefTenants.*exportValue/),
    );
  });

  it("is a stack's other name", () => {
    const { "Warren-production-Data": data, ...others } = synthesised;

    const losses = lossesIn(kept, { ...others, ...(data && { "Warren-production-Tables": data }) });

    expect(losses).toContainEqual(expect.stringMatching(/^Warren-production-Data is no stack any more/));
  });

  it("is a bucket that nobody recorded", () => {
    const losses = lossesAfter((stack) => {
      stack("Data").Resources.Archive = { Type: "AWS::S3::Bucket", Properties: { BucketName: "archive" } };
    });

    expect(losses).toEqual([
      "Warren-production-Data/Archive is new and must keep its name from now on. Add to " +
        "test/stacks/kept-resources.yaml: Archive: { Type: AWS::S3::Bucket, Properties: { BucketName: archive } }",
    ]);
  });

  it("is none where the restart document's text changes, of which there are versions", () => {
    const losses = lossesAfter((stack) => {
      const { Properties } = resource(stack("Health"), "RestartDocumentFA76B9B5");
      Object.assign(Properties ?? {}, { Content: {} });
    });

    expect(losses).toEqual([]);
  });
});
