import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** Alarms on things that must not happen at all, told to one topic if there is one. */
export class Alarms extends Construct {
  readonly #action: SnsAction | undefined;

  constructor(scope: Construct, id: string, props: { readonly topicArn?: string | undefined }) {
    super(scope, id);
    this.#action = props.topicArn
      ? new SnsAction(Topic.fromTopicArn(this, 'Topic', props.topicArn))
      : undefined;
  }

  /** In alarm while `metric` is above zero; no data is good news. */
  onAny(id: string, metric: IMetric, description: string): Alarm {
    const alarm = new Alarm(this, id, {
      metric,
      alarmDescription: description,
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.#action) alarm.addAlarmAction(this.#action);
    return alarm;
  }
}
