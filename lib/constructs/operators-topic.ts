// Where the operators of a stage are told what they have to look at: by alarms, and by the repair that gave up.

import { Aws, RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { stageName } from "../../core/stage-names.ts";
import { arn } from "../arn.ts";
import type { Config } from "../config/config.ts";

/**
 * For this stage's alarms only. Not for EventBridge: its requests to KMS carry none of these condition keys.
 * Source: SNS Developer Guide, "Enable compatibility between event sources from AWS services and encrypted topics".
 */
const alarmsOf = ({ stage }: Config) => ({
  principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
  conditions: {
    StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
    ArnLike: { "aws:SourceArn": arn("cloudwatch", `alarm:${stageName(stage, "*")}`) },
  },
});

export class OperatorsTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { config }: { config: Config }) {
    super(scope, id);
    const { stage, health } = config;
    const key = new Key(this, "Key", {
      alias: stageName(stage, "operators"),
      description: `Warren ${stage}: messages to operators`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.topic = new Topic(this, "Topic", {
      displayName: `Warren ${stage}`,
      masterKey: key,
      enforceSSL: config.enforceTls,
    });
    const keyUse = { actions: ["kms:Decrypt", "kms:GenerateDataKey*"], resources: ["*"] };
    key.addToResourcePolicy(new PolicyStatement({ ...alarmsOf(config), ...keyUse }));
    const publishing = { actions: ["sns:Publish"], resources: [this.topic.topicArn] };
    this.topic.addToResourcePolicy(new PolicyStatement({ ...alarmsOf(config), ...publishing }));
    for (const address of health.notify) this.topic.addSubscription(new EmailSubscription(address));
  }
}
