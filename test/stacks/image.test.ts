import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { readVersions } from "../../lib/config/versions.ts";
import { actionsOf, statementsOf } from "./statements.ts";
import { changed, imageTemplateOf, newStage, production, staging } from "./synthesised.ts";

const image = imageTemplateOf(staging);
const propertiesOf = (type: string) => {
  const [resource] = Object.values(image.findResources(`AWS::ImageBuilder::${type}`));
  return resource?.Properties;
};

describe("the image stack", () => {
  it("is there where the configuration says that images are built, and nowhere else", () => {
    expect(newStage(production).stacks.images).toBeUndefined();
    expect(newStage(changed(production, { image: staging.image })).stacks.images).toBeDefined();
  });

  it("builds on the newest Amazon Linux 2023 of the machines' architecture", () => {
    const { machine } = staging;
    const intel = changed(staging, {
      machine: { ...machine, instanceType: "t3.small", architecture: "x86_64" },
      image: { ...staging.image, instanceType: "t3.medium" },
    });

    const parents = [staging, intel].map((config) =>
      JSON.stringify(Object.values(imageTemplateOf(config).findResources("AWS::ImageBuilder::ImageRecipe"))),
    );

    expect(parents[0]).toContain(":aws:image/amazon-linux-2023-arm64/x.x.x");
    expect(parents[1]).toContain(":aws:image/amazon-linux-2023-x86/x.x.x");
  });

  it("gives the components the pinned versions and checksums, and the tenants' application by its digest", () => {
    const { cloudflared, "docker-compose": compose } = readVersions().tools;
    const values = propertiesOf("ImageRecipe").Components.flatMap(
      ({ Parameters = [] }: { Parameters?: { Name: string; Value: string[] }[] }) =>
        Parameters.map(({ Name, Value }) => [Name, Value[0]]),
    );

    expect(Object.fromEntries(values)).toMatchObject({
      CloudflaredUrl: expect.stringContaining(`/${cloudflared.version}/cloudflared-linux-arm64`),
      CloudflaredSha256: cloudflared.sha256.arm64,
      CloudflaredVersion: cloudflared.version,
      DockerComposeSha256: compose.sha256.arm64,
      TenantImage: staging.machine.tenantImage,
      AppPort: "8081",
    });
  });

  it("makes a new version of the recipe when anything that it is made of changes", () => {
    const versionWith = (machine: object) => {
      const template = imageTemplateOf(changed(staging, { machine: { ...staging.machine, ...machine } }));
      return Object.values(template.findResources("AWS::ImageBuilder::ImageRecipe"))[0]?.Properties.Version;
    };
    const other = staging.machine.tenantImage.replace(/0{64}/, "1".repeat(64));

    expect(versionWith({})).toBe(versionWith({}));
    expect(versionWith({ tenantImage: other })).not.toBe(versionWith({}));
    expect(versionWith({ healthPath: "/up" })).not.toBe(versionWith({}));
  });

  it("encrypts the image's disk, and asks for no user data", () => {
    expect(propertiesOf("ImageRecipe").BlockDeviceMappings).toEqual([
      {
        DeviceName: "/dev/xvda",
        Ebs: { VolumeType: "gp3", VolumeSize: 12, Encrypted: true, DeleteOnTermination: true },
      },
    ]);
    expect(propertiesOf("ImageRecipe").AdditionalInstanceConfiguration).not.toHaveProperty(
      "UserDataOverride",
    );
  });

  it("builds out of reach, by IMDSv2, without a key pair", () => {
    const infrastructure = propertiesOf("InfrastructureConfiguration");
    const [group] = Object.values(image.findResources("AWS::EC2::SecurityGroup"));

    expect(infrastructure).toMatchObject({
      InstanceMetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
      InstanceTypes: ["t4g.medium"],
      TerminateInstanceOnFailure: true,
      SubnetId: { "Fn::ImportValue": expect.stringContaining("TenantsSubnet1") },
    });
    expect(infrastructure).not.toHaveProperty("KeyPair");
    expect(group?.Properties).not.toHaveProperty("SecurityGroupIngress");
    expect(group?.Properties.SecurityGroupEgress).toEqual([
      expect.objectContaining({ IpProtocol: "tcp", FromPort: 443, ToPort: 443 }),
    ]);
  });

  it("tests every image, and looks for a new base by the schedule", () => {
    expect(propertiesOf("ImagePipeline")).toMatchObject({
      ImageTestsConfiguration: { ImageTestsEnabled: true },
      Schedule: {
        ScheduleExpression: "cron(0 5 ? * TUE *)",
        PipelineExecutionStartCondition: "EXPRESSION_MATCH_AND_DEPENDENCY_UPDATES_AVAILABLE",
      },
    });
  });

  it("writes the new image's id to the parameter that the launch template is made from", () => {
    const [distribution] = propertiesOf("DistributionConfiguration").Distributions;

    expect(distribution.SsmParameterConfigurations).toEqual([
      { ParameterName: staging.machine.amiParameter, DataType: "aws:ec2:image" },
    ]);
    expect(distribution.AmiDistributionConfiguration.AmiTags).toEqual({
      "warren:stage": "staging",
      "warren:tenant-image": staging.machine.tenantImage,
      "warren:keep": "yes",
    });
  });
});

describe("failed builds", () => {
  it("are told to all who asked", () => {
    image.hasResourceProperties("AWS::SNS::Subscription", { Protocol: "email", Endpoint: "ops@example.com" });
    image.hasResourceProperties("AWS::Events::Rule", {
      EventPattern: {
        source: ["aws.imagebuilder"],
        "detail-type": ["EC2 Image Builder Image State Change"],
        detail: { state: { status: ["FAILED"] } },
        resources: [{ prefix: Match.anyValue() }],
      },
      Targets: [Match.objectLike({ Arn: { Ref: Match.stringLikeRegexp("^FailureNoticeTopic") } })],
    });
  });

  it("that made the service give up are told, too", () => {
    image.hasResourceProperties("AWS::Events::Rule", {
      EventPattern: Match.objectLike({
        "detail-type": ["EC2 Image Builder Image Pipeline Automatically Disabled"],
      }),
    });
  });
});

describe("the removal of images", () => {
  it("takes snapshots along, and leaves what carries the tag or was launched lately", () => {
    expect(propertiesOf("LifecyclePolicy")).toMatchObject({
      ResourceType: "AMI_IMAGE",
      ResourceSelection: { Recipes: [{ Name: "warren-staging", SemanticVersion: "x.x.x" }] },
      PolicyDetails: [
        {
          Action: { Type: "DELETE", IncludeResources: { Amis: true, Snapshots: true } },
          ExclusionRules: {
            Amis: { TagMap: { "warren:keep": "yes" }, LastLaunched: { Unit: "DAYS", Value: 7 } },
          },
        },
      ],
    });
  });

  it("may not deregister an image that carries the tag, whatever the policy says", () => {
    const deregister = statementsOf(image, "LifecycleRole").filter(({ Action }) =>
      Action.includes("ec2:DeregisterImage"),
    );

    expect(deregister).toHaveLength(1);
    expect(deregister[0]?.Condition).toMatchObject({
      StringEquals: { "aws:ResourceTag/warren:stage": "staging" },
      StringNotEquals: { "aws:ResourceTag/warren:keep": "yes" },
    });
  });

  it("is prepared every day by the Lambda that looks at what is in use", () => {
    image.hasResourceProperties("AWS::Events::Rule", { ScheduleExpression: "rate(1 day)" });
    expect(actionsOf(image, "LifecycleProtectImages")).toEqual([
      "ec2:CreateTags",
      "ec2:DeleteTags",
      "ec2:DescribeImages",
      "ec2:DescribeInstances",
      "ec2:DescribeLaunchTemplateVersions",
      "ec2:DescribeLaunchTemplates",
      "ssm:GetParameter",
    ]);
  });

  it("changes no tag but the one, and on this stage's images alone", () => {
    const [tagging] = statementsOf(image, "LifecycleProtectImages").filter(({ Action }) =>
      Action.includes("ec2:DeleteTags"),
    );

    expect(tagging?.Condition).toEqual({
      StringEquals: { "aws:ResourceTag/warren:stage": "staging" },
      "ForAllValues:StringEquals": { "aws:TagKeys": ["warren:keep"] },
    });
  });
});

describe("the builder's role", () => {
  const statements = statementsOf(image, "PipelineBuilderRole");

  it("reads the archive of our files, our components, and no parameter", () => {
    const reading = statements.filter(({ Action }) => Action.some((action) => action.startsWith("s3:")));

    expect(reading.map(({ Action }) => Action)).toEqual([["s3:GetObject"]]);
    expect(JSON.stringify(reading[0]?.Resource)).toMatch(/\/[0-9a-f]{64}\.zip"/);
    expect(statements.flatMap(({ Action }) => Action).filter((action) => /^ssm:Get/.test(action))).toEqual(
      [],
    );
  });

  it("may pull from a private registry where the application is in one, and only that", () => {
    const repository = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/staging/app";
    const tenantImage = `${repository}@sha256:${"a".repeat(64)}`;
    const template = imageTemplateOf(changed(staging, { machine: { ...staging.machine, tenantImage } }));

    const [pull] = statementsOf(template, "PipelineBuilderRole").filter(({ Action }) =>
      Action.includes("ecr:BatchGetImage"),
    );

    expect(JSON.stringify(pull?.Resource)).toContain(":ecr:eu-central-1:111122223333:repository/staging/app");
    expect(actionsOf(image, "PipelineBuilderRole").filter((action) => action.startsWith("ecr:"))).toEqual([]);
  });
});

describe("Image Builder's own role", () => {
  const statements = statementsOf(image, "PipelineExecutionRole");

  it("writes the one parameter of this stage", () => {
    const [write, ...more] = statements.filter(({ Action }) => Action.includes("ssm:PutParameter"));

    expect(more).toEqual([]);
    expect(JSON.stringify(write?.Resource)).toContain(":parameter/warren/staging/ami");
  });

  it("hands on the builder's role to machines and no other", () => {
    const [pass] = statements.filter(({ Action }) => Action.includes("iam:PassRole"));

    expect(pass?.Condition).toEqual({ StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } });
    expect(JSON.stringify(pass?.Resource)).toContain("PipelineBuilderRole");
  });

  it("stops, ends and commands only machines that carry Image Builder's tag", () => {
    const acting = statements.filter(
      ({ Action, Resource }) =>
        Action.some((action) => /^(ec2:(Stop|Start|Terminate)|ssm:SendCommand)/.test(action)) &&
        JSON.stringify(Resource).includes("instance/*"),
    );

    expect(acting).toHaveLength(2);
    for (const { Condition } of acting)
      expect(JSON.stringify(Condition)).toMatch(/esourceTag\/CreatedBy":"EC2 Image Builder"/);
  });
});

describe("the roles of the image stack", () => {
  it("name their actions one by one, and take no policy of AWS's own", () => {
    const actions = statementsOf(image).flatMap(({ Action }) => Action);
    const roles = Object.values(image.findResources("AWS::IAM::Role"));

    expect(actions.filter((action) => action.includes("*"))).toEqual([]);
    expect(roles.filter(({ Properties }) => Properties.ManagedPolicyArns)).toEqual([]);
  });
});
