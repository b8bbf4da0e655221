// The machines' image of a stage that builds its own: recipe, pipeline, what happens when a build fails, and the
// removal of images that nothing needs any more.
import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { ISubnet, IVpc } from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";
import type { Deployment } from "../deployment.ts";
import { ImageFailureNotice } from "../image/image-failure-notice.ts";
import { ImageLifecycle } from "../image/image-lifecycle.ts";
import { type ImageConfig, ImagePipeline } from "../image/image-pipeline.ts";
import { ImageRecipe } from "../image/image-recipe.ts";

export interface ImageStackProps extends StackProps {
  deployment: Deployment;
  image: ImageConfig;
  network: { vpc: IVpc; subnets: readonly ISubnet[] };
}

export class ImageStack extends Stack {
  constructor(scope: Construct, id: string, { deployment, image, network, ...props }: ImageStackProps) {
    super(scope, id, props);
    const { config } = deployment;
    const [subnet] = network.subnets;
    if (!subnet) throw new Error("The network has no private subnet to build in.");
    const recipe = new ImageRecipe(this, "Recipe", { config, volumeSizeGiB: image.volumeSizeGiB });
    const pipeline = new ImagePipeline(this, "Pipeline", { config, image, vpc: network.vpc, subnet, recipe });
    new ImageFailureNotice(this, "FailureNotice", {
      config,
      notify: image.notify,
      pipelineArn: pipeline.arn,
    });
    new ImageLifecycle(this, "Lifecycle", { deployment, keep: image.keep });
    new CfnOutput(this, "PipelineArn", { value: pipeline.arn });
  }
}
