// One alarm for operators: what it watches, and where its runbook is.
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { stageName } from "../../core/stage-names.ts";
import type { Config } from "../config/config.ts";
import { type RunbookSection, withRunbook } from "../runbook.ts";

export interface Watch {
  metric: IMetric;
  /** From here on it is an alarm; with `below`, under it. */
  threshold: number;
  below?: boolean;
  periods?: number;
  /** Without it, the alarm stays as it is. */
  missing?: TreatMissingData;
  text: string;
  section: RunbookSection;
}

export interface OperatorAlarm {
  config: Config;
  operators: ITopic;
  watch: Watch;
}

/** @param id what the alarm is called in its stage */
export const addAlarm = (scope: Construct, id: string, { config, operators, watch }: OperatorAlarm): void => {
  const { below = false, periods = 1, missing = TreatMissingData.IGNORE } = watch;
  const alarm = new Alarm(scope, id, {
    alarmName: stageName(config.stage, id),
    alarmDescription: withRunbook(watch.text, watch.section),
    metric: watch.metric,
    threshold: watch.threshold,
    comparisonOperator: below
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: periods,
    treatMissingData: missing,
  });
  alarm.addAlarmAction(new SnsAction(operators));
};
