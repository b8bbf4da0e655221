import { describe, expect, it } from "vitest";
import local from "../../config/local.json" with { type: "json" };
import production from "../../config/production.example.json" with { type: "json" };
import staging from "../../config/staging.example.json" with { type: "json" };
import { configSchema } from "./config.ts";
import { describeProblems } from "./config-problems.ts";

const problemsOf = (input: unknown): string[] => {
  const { error } = configSchema.safeParse(input);
  return error ? describeProblems(error, input) : [];
};

describe("the configuration's schema", () => {
  it("says where a value is wrong, what was found and what is allowed", () => {
    const input = { ...local, logRetentionDays: "a week" };

    expect(problemsOf(input)).toHaveLength(1);
    expect(problemsOf(input)[0]).toMatch(/^logRetentionDays: found "a week"; allowed: /);
  });

  it("says that a value is missing", () => {
    const { baseDomain: _, ...input } = local;

    expect(problemsOf(input)).toEqual(["baseDomain: found nothing; allowed: a domain, such as example.com"]);
  });

  it("suggests the name that was probably meant for an unknown field", () => {
    const input = { ...local, network: { ...local.network, flowLog: true } };

    expect(problemsOf(input)).toEqual([
      'network: found the unknown field "flowLog", did you mean "flowLogs"?; allowed: cidr, zones, egress, natImage, ' +
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

  it("accepts any instance type for building that fits the machines' architecture", () => {
    const input = { ...staging, image: { ...staging.image, instanceType: "c7g.large" } };

    expect(problemsOf(input)).toEqual([]);
  });
});

describe("the rules about a stage's image", () => {
  const withMachine = (config: { machine: object }, machine: object) => ({
    ...config,
    machine: { ...config.machine, ...machine },
  });
  const amazons = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

  it.each([
    ["production's parameter in staging", staging, "/warren/production/ami"],
    ["staging's parameter in production", production, "/warren/staging/ami"],
    ["a parameter of a stage whose name only begins like this one's", staging, "/warren/staging2/ami"],
    ["a parameter that is nobody's", production, "/images/ami"],
    ["Amazon's bare image where others are served", production, amazons],
    ["Amazon's bare image where an image is built", staging, amazons],
    ["another stage's parameter locally", local, "/warren/staging/ami"],
  ])("refuse %s", (_, config, amiParameter) => {
    expect(problemsOf(withMachine(config, { amiParameter }))).toEqual([
      `machine.amiParameter: found "${amiParameter}"; allowed: a parameter of this stage's own, such as ` +
        `/warren/${config.stage}/ami; one of AWS's (/aws/service/…) only where no image is built and the domain ` +
        "ends in .localhost",
    ]);
  });

  const digest = "0".repeat(64);
  it.each([
    "registry.example.com/production/app:1.2.3",
    "registry.example.com/production/app:latest",
    "registry.example.com/production/app",
    `registry.example.com/production/app@sha256:${digest.slice(1)}`,
    `registry.example.com/production/app@sha256:${digest.slice(1)}g`,
    `registry.example.com/production/app@sha512:${digest}`,
  ])("refuse a floating application in production: %s", (tenantImage) => {
    expect(problemsOf(withMachine(production, { tenantImage }))).toEqual([
      expect.stringContaining(
        `machine.tenantImage: found "${tenantImage}"; allowed: an image by its digest, such as ` +
          "registry.example.com/app@sha256:<64 hexadecimal digits>",
      ),
    ]);
  });

  it("refuse a floating application in production even where nothing is kept", () => {
    const input = { ...withMachine(production, { tenantImage: "app:latest" }), removalPolicy: "destroy" };

    expect(problemsOf(input)).toHaveLength(1);
  });

  it("let a stage that serves nobody else float, unless it builds an image", () => {
    const builder = {
      ...withMachine(local, { amiParameter: "/warren/local/ami" }),
      image: { ...staging.image, instanceType: "t3.medium" },
      network: { ...local.network, egress: "nat-gateway" },
    };

    expect(problemsOf(local)).toEqual([]);
    expect(problemsOf(builder)).toEqual([expect.stringMatching(/^machine\.tenantImage: /)]);
  });

  it("refuse a builder of another architecture, and one without a way to its packages", () => {
    const image = { ...staging.image, instanceType: "t3.medium" };
    const input = { ...staging, image, network: { ...staging.network, egress: "none" } };

    expect(problemsOf(input)).toEqual([
      'image.instanceType: found "t3.medium"; allowed: an instance type of the machines\' architecture, arm64',
      'network.egress: found "none"; allowed: any but none where an image is built: the build downloads packages',
    ]);
  });

  it("are told together with all other problems of the file", () => {
    const input = {
      ...withMachine(production, { tenantImage: "app:latest", healthPath: "health" }),
      region: 1,
    };

    expect(problemsOf(input).map((problem) => problem.replace(/:.*/s, ""))).toEqual([
      "region",
      "machine.healthPath",
      "machine.tenantImage",
    ]);
  });

  it.each([
    ["schedule", "rate(1 day)", "six fields, such as cron(0 5 ? * TUE *), in UTC"],
    ["keep", 0, "a whole number from 1 to 50"],
    ["notify", [], "at least one e-mail address"],
    ["notify", ["ops"], "an e-mail address, such as ops@example.com"],
    ["volumeSizeGiB", 4, "a whole number from 8 to 100"],
  ])("want a sensible %s, not %j", (field, value, allowed) => {
    const [problem] = problemsOf({ ...staging, image: { ...staging.image, [field]: value } });

    expect(problem).toContain(`allowed: ${allowed}`);
  });
});

describe("the section about how many may be under way", () => {
  it("may be left out, field by field or as a whole", () => {
    const { limits: _, ...silent } = local;

    expect(configSchema.parse(silent).limits).toEqual({ provisions: 10, repairs: 5, removals: 20 });
    expect(configSchema.parse({ ...local, limits: { repairs: 1 } }).limits).toMatchObject({
      repairs: 1,
      removals: 20,
    });
  });

  it.each(["provisions", "repairs", "removals"])("lets some %s begin, and not none", (field) => {
    expect(problemsOf({ ...local, limits: { [field]: 0 } })).toEqual([
      expect.stringContaining("a whole number from 1 to 1000"),
    ]);
  });
});

describe("the section about tenants' health", () => {
  it("may be left out, field by field or as a whole", () => {
    const { health: _, ...silent } = local;
    const defaults = {
      everyMinutes: 1,
      outageShare: 0.2,
      outageMinimum: 3,
      silenceMinutes: 10,
      cooldownSeconds: 300,
      probesPerSweep: 2_000,
      snapshotBeforeReplacement: true,
      notify: [],
    };

    expect(configSchema.parse(silent).health).toEqual(defaults);
    expect(configSchema.parse({ ...local, health: { everyMinutes: 5 } }).health).toEqual({
      ...defaults,
      everyMinutes: 5,
    });
  });

  it.each([
    ["everyMinutes", 0, "a whole number from 1 to 60"],
    ["everyMinutes", 61, "a whole number from 1 to 60"],
    ["everyMinutes", 1.5, "a whole number from 1 to 60"],
    ["outageShare", 0, "a share from 0.01 to 1, such as 0.2"],
    ["outageShare", "20%", "a share from 0.01 to 1, such as 0.2"],
    ["outageShare", 1.1, "a share from 0.01 to 1, such as 0.2"],
    ["outageMinimum", 0, "a whole number from 1 to 10000"],
    ["cooldownSeconds", 86_401, "a whole number from 0 to 86400"],
    ["probesPerSweep", -1, "a whole number from 0 to 100000"],
    ["snapshotBeforeReplacement", "yes", "true or false"],
    ["notify", ["ops"], "an e-mail address, such as ops@example.com"],
    ["notify", "ops@example.com", "a list of e-mail addresses"],
    ["everyMinute", 1, 'did you mean "everyMinutes"?'],
  ])("wants a sensible %s, not %j", (field, value, allowed) => {
    const problems = problemsOf({ ...local, health: { [field]: value } });

    expect(problems).toEqual([expect.stringContaining(allowed)]);
  });

  it.each([
    ["at", "3:00", "a time of day in UTC, such as 03:00"],
    ["at", "24:00", "a time of day in UTC, such as 03:00"],
    ["keep", 0, "a whole number from 1 to 1000"],
  ])("wants daily snapshots with a sensible %s, not %j", (field, value, allowed) => {
    const dailySnapshots = { at: "03:00", keep: 14, [field]: value };
    const dataVolume = { ...local.machine.dataVolume, dailySnapshots };

    const problems = problemsOf({ ...local, machine: { ...local.machine, dataVolume } });

    expect(problems).toEqual([expect.stringContaining(`allowed: ${allowed}`)]);
  });
});
