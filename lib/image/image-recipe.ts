// What the machines' image is made of: Amazon Linux 2023 in its newest release, then our components with the versions
// and checksums of versions.json, and the files of image-builder/files as one archive.
import { join } from "node:path";
import { Aws, Stack } from "aws-cdk-lib";
import { CfnComponent, CfnImageRecipe } from "aws-cdk-lib/aws-imagebuilder";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { Construct } from "constructs";
import { applicationPort } from "../../core/machine/machine-contract.ts";
import type { Config } from "../config/config.ts";
import { downloadUrl, pinnedImage, readVersions } from "../config/versions.ts";
import { imageName } from "../permissions/image-permissions.ts";
import {
  type ComponentDocument,
  componentOf,
  contentVersion,
  readComponents,
} from "./component-documents.ts";

const filesDirectory = join(import.meta.dirname, "..", "..", "image-builder", "files");

export interface ImageRecipeProps {
  config: Config;
  volumeSizeGiB: number;
}

export class ImageRecipe extends Construct {
  readonly arn: string;
  readonly files: Asset;

  constructor(scope: Construct, id: string, { config, volumeSizeGiB }: ImageRecipeProps) {
    super(scope, id);
    this.files = new Asset(this, "Files", { path: filesDirectory, exclude: ["**/*.ts"] });
    const values = parameterValues(config, this.files);
    const components = readComponents();
    const name = imageName(config);
    // Not the archive's address, which only the deploy knows, but what decides it.
    const decisive = { ...values, FilesUrl: this.files.assetHash };
    const own = {
      name,
      description: `Machines of Warren ${config.stage}`,
      parentImage: parentImage(config),
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: { volumeType: "gp3", volumeSize: volumeSizeGiB, encrypted: true, deleteOnTermination: true },
        },
      ],
      // Amazon Linux brings the agent; it is how operators get in, so it stays.
      additionalInstanceConfiguration: { systemsManagerAgent: { uninstallAfterBuild: false } },
    };
    const content = [own, components.map((document) => componentOf(document, name)), decisive];
    const recipe = new CfnImageRecipe(this, "Recipe", {
      ...own,
      // Resolved: an unresolved token is a number that every other token before it moves.
      version: contentVersion(JSON.stringify(Stack.of(this).resolve(content))),
      components: components.map((document) => this.component(document, name, values)),
    });
    this.arn = recipe.attrArn;
  }

  private component(
    document: ComponentDocument,
    prefix: string,
    values: Record<string, string>,
  ): CfnImageRecipe.ComponentConfigurationProperty {
    const { name, parameters } = document;
    const component = new CfnComponent(this, `Component-${name}`, componentOf(document, prefix));
    return {
      componentArn: component.attrArn,
      // CloudFormation takes no empty list.
      ...(parameters.length > 0 && {
        parameters: parameters.map((name) => ({ name, value: [given(name, values)] })),
      }),
    };
  }
}

const given = (parameter: string, values: Record<string, string>): string => {
  const value = values[parameter];
  if (value !== undefined) return value;
  const known = Object.keys(values).join(", ");
  throw new Error(`A component asks for the parameter ${parameter}; lib/image/image-recipe.ts has ${known}.`);
};

/** With `x.x.x` it is the newest release, whose arrival is what the schedule waits for. */
const parentImage = ({ machine }: Config): string => {
  const architecture = { arm64: "arm64", x86_64: "x86" }[machine.architecture];
  return `arn:${Aws.PARTITION}:imagebuilder:${Aws.REGION}:aws:image/amazon-linux-2023-${architecture}/x.x.x`;
};

const parameterValues = ({ machine }: Config, files: Asset): Record<string, string> => {
  const versions = readVersions();
  const { cloudflared, "docker-compose": compose } = versions.tools;
  const { architecture } = machine;
  return {
    CloudflaredUrl: downloadUrl("cloudflared", cloudflared.version, architecture),
    CloudflaredVersion: cloudflared.version,
    CloudflaredSha256: cloudflared.sha256[architecture],
    DockerComposeUrl: downloadUrl("docker-compose", compose.version, architecture),
    DockerComposeVersion: compose.version,
    DockerComposeSha256: compose.sha256[architecture],
    FilesUrl: files.s3ObjectUrl,
    TenantImage: machine.tenantImage,
    PostgresImage: pinnedImage("postgres", versions),
    RedisImage: pinnedImage("redis", versions),
    AppPort: String(applicationPort),
    HealthPath: machine.healthPath,
    FirstAnswerSeconds: String(machine.firstAnswerMinutes * 60),
  };
};
