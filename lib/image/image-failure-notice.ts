// Tells people by e-mail that a build of the machines' image failed: until somebody looks, machines start from the
// last image that passed its tests.
import { EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { arn } from "../arn.ts";
import type { Config } from "../config/config.ts";
import { imageName } from "../permissions/image-permissions.ts";

export interface ImageFailureNoticeProps {
  config: Config;
  notify: readonly string[];
  pipelineArn: string;
}

export class ImageFailureNotice extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { config, notify, pipelineArn }: ImageFailureNoticeProps) {
    super(scope, id);
    this.topic = new Topic(this, "Topic", {
      displayName: `Warren ${config.stage}: image builds`,
      enforceSSL: config.enforceTls,
    });
    for (const address of notify) this.topic.addSubscription(new EmailSubscription(address));
    const [image, reason] = [
      EventField.fromPath("$.resources[0]"),
      EventField.fromPath("$.detail.state.reason"),
    ];
    this.rule("Failed", {
      resources: [arn("imagebuilder", `image/${imageName(config)}/`)],
      detailType: "EC2 Image Builder Image State Change",
      detail: { state: { status: ["FAILED"] } },
      text: `The image build ${image} of Warren ${config.stage} failed: ${reason}. See docs/image.md.`,
    });
    // After failures in a row the service stops trying, which would otherwise look like quiet success.
    this.rule("Disabled", {
      resources: [pipelineArn],
      detailType: "EC2 Image Builder Image Pipeline Automatically Disabled",
      text: `Image Builder disabled the pipeline of Warren ${config.stage}: no new images until it is enabled again.`,
    });
  }

  /** @param event its resources by the beginning of their ARN */
  private rule(
    id: string,
    event: { resources: string[]; detailType: string; detail?: Record<string, unknown>; text: string },
  ): void {
    const { resources, detailType, detail, text } = event;
    const pattern = { prefix: resources[0] } as unknown as string;
    new Rule(this, id, {
      eventPattern: {
        source: ["aws.imagebuilder"],
        detailType: [detailType],
        resources: [pattern],
        ...(detail && { detail }),
      },
      targets: [new SnsTopic(this.topic, { message: RuleTargetInput.fromText(text) })],
    });
  }
}
