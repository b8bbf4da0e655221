import { describe, expect, it } from "vitest";
import local from "../config/local.json" with { type: "json" };
import { configSchema } from "./config.ts";
import { describeProblems } from "./config-problems.ts";

const problemsOf = (input: unknown): string[] => {
  const { error } = configSchema.safeParse(input);
  return error ? describeProblems(error, input) : [];
};

describe("the configuration's schema", () => {
  it("says where a value is wrong, what was found and what is allowed", () => {
    const input = { ...local, machine: { ...local.machine, port: "80a" } };

    expect(problemsOf(input)).toEqual(['machine.port: found "80a"; allowed: a whole number from 1 to 65535']);
  });

  it("says that a value is missing", () => {
    const { baseDomain: _, ...input } = local;

    expect(problemsOf(input)).toEqual(["baseDomain: found nothing; allowed: a domain, such as example.com"]);
  });

  it("suggests the name that was probably meant for an unknown field", () => {
    const input = { ...local, network: { ...local.network, flowLog: true } };

    expect(problemsOf(input)).toEqual([
      'network: found the unknown field "flowLog", did you mean "flowLogs"?; allowed: cidr, zones, egress, ' +
        "interfaceEndpoints, flowLogs, restrictDefaultSecurityGroup",
    ]);
  });

  it("tells all problems at once, those between fields included", () => {
    const machine = { ...local.machine, instanceType: "t4g.small", healthPath: "health" };
    const input = { ...local, machine, stage: "a-stage-too-long", api: { auth: { type: "basic" } } };

    expect(problemsOf(input)).toEqual([
      'stage: found "a-stage-too-long"; allowed: 2 to 12 of a-z, 0-9 and inner hyphens, a letter first',
      'machine.healthPath: found "health"; allowed: a path that begins with /, such as /health',
      'machine.architecture: found "x86_64"; allowed: arm64, because of the instance type t4g.small',
      'api.auth.type: found "basic"; allowed: an object whose type is "iam" or "jwt"',
    ]);
  });

  it.each([
    ["t4g.small", "arm64"],
    ["c7gn.xlarge", "arm64"],
    ["im4gn.large", "arm64"],
    ["a1.medium", "arm64"],
    ["g5g.xlarge", "arm64"],
    ["t3.micro", "x86_64"],
    ["g5.xlarge", "x86_64"],
    ["m7i-flex.large", "x86_64"],
    ["u-6tb1.metal", "x86_64"],
  ])("knows that %s is %s", (instanceType, architecture) => {
    const input = { ...local, machine: { ...local.machine, instanceType, architecture } };

    expect(problemsOf(input)).toEqual([]);
  });

  it.each([
    ["8.8.0.0/16", "a public range"],
    ["10.0.0.0/8", "a range too large for a VPC"],
    ["10.0.0.0/28", "a range too small for subnets in every zone"],
    ["10.300.0.0/16", "no range at all"],
  ])("refuses %s: %s", (cidr) => {
    expect(problemsOf({ ...local, network: { ...local.network, cidr } })).toHaveLength(1);
  });

  it("gives machines without a way out the endpoints they need, and none to others unless asked", () => {
    const { interfaceEndpoints: _, ...network } = { interfaceEndpoints: [], ...local.network };
    const isolated = configSchema.parse({ ...local, network });
    const withNat = configSchema.parse({ ...local, network: { ...network, egress: "nat-gateway" } });

    expect(isolated.network.interfaceEndpoints).toEqual(["ssm", "ssmmessages", "ec2messages", "kms", "logs"]);
    expect(withNat.network.interfaceEndpoints).toEqual([]);
  });

  it("reserves the slugs that would look like the operator's own", () => {
    expect(configSchema.parse(local).reservedSlugs).toEqual(expect.arrayContaining(["www", "api", "admin"]));
  });

  it("asks a JWT issuer for both its URL and its audiences", () => {
    const input = { ...local, api: { auth: { type: "jwt", audience: [] } } };

    expect(problemsOf(input)).toEqual([
      "api.auth.issuer: found nothing; allowed: the https URL of the tokens' issuer",
      "api.auth.audience: found []; allowed: at least one audience",
    ]);
  });
});
