import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
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
    return this.above(id, metric, 0, description);
  }

  /** In alarm when `metric` has been above that for so many of its periods; no data is good news. */
  above(id: string, metric: IMetric, threshold: number, description: string, periods = 1): Alarm {
    return this.#alarm(id, description, {
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /** In alarm when `metric` has been zero for so many of its periods; no data is as bad. */
  onNone(id: string, metric: IMetric, description: string, periods: number): Alarm {
    return this.#alarm(id, description, {
      metric,
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  #alarm(id: string, alarmDescription: string, props: AlarmProps): Alarm {
    const alarm = new Alarm(this, id, { ...props, alarmDescription });
    if (this.#action) alarm.addAlarmAction(this.#action);
    return alarm;
  }
}
