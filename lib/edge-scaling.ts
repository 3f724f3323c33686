import { Duration, Stack } from 'aws-cdk-lib';
import {
  AdjustmentType,
  ScalableTarget,
  ServiceNamespace,
  StepScalingAction,
} from 'aws-cdk-lib/aws-applicationautoscaling';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** More calls than the others are to have, in two minutes of three: in the last one, not all edges may have told theirs. */
const FULL = { minutes: 2, of: 3 };
/** An edge that has rested without a call for that long. */
const IDLE = { minutes: 5, of: 5 };

/** Calls of all edges together that bring an edge in, and those with which it rests. */
export interface ScalingBounds {
  readonly aboveCalls: number;
  readonly belowCalls: number;
}

/** The edge comes when the others have all the calls that they are to have, and rests when they could have twice theirs. */
export const boundsOf = (place: number, targetCalls: number): ScalingBounds => ({
  aboveCalls: (place - 1) * targetCalls,
  belowCalls: Math.ceil(((place - 1) * targetCalls) / 2),
});

export interface EdgeScalingProps {
  readonly service: FargateService;
  readonly bounds: ScalingBounds;
  /** Of the whole deployment, once a minute. */
  readonly allCalls: Metric;
  /** 1 where the edge rests and its last call has ended: nothing is lost with it. */
  readonly idle: Metric;
}

/** Starts an edge that is needed, and ends one that is not. No call ends with it: an edge is idle only when it has none. */
export class EdgeScaling extends Construct {
  constructor(scope: Construct, id: string, { service, bounds, allCalls, idle }: EdgeScalingProps) {
    super(scope, id);
    const target = new ScalableTarget(this, 'Target', {
      serviceNamespace: ServiceNamespace.ECS,
      resourceId: `service/${service.cluster.clusterName}/${service.serviceName}`,
      scalableDimension: 'ecs:service:DesiredCount',
      minCapacity: 0,
      maxCapacity: 1,
      role: Role.fromRoleArn(
        this,
        'Role',
        Stack.of(this).formatArn({
          service: 'iam',
          region: '',
          resource: 'role/aws-service-role/ecs.application-autoscaling.amazonaws.com',
          resourceName: 'AWSServiceRoleForApplicationAutoScaling_ECSService',
        }),
      ),
    });
    const whenAbove = (
      name: string,
      metric: IMetric,
      threshold: number,
      { minutes, of }: typeof FULL,
      tasks: number,
    ) => {
      const alarm = new Alarm(this, name, {
        metric,
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: of,
        datapointsToAlarm: minutes,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: `No trouble: it is how the SIP edge scales (to ${tasks} of 1).`,
      });
      const action = new StepScalingAction(this, `${name}Action`, {
        scalingTarget: target,
        adjustmentType: AdjustmentType.EXACT_CAPACITY,
        cooldown: Duration.seconds(0),
      });
      action.addAdjustment({ adjustment: tasks, lowerBound: 0 });
      alarm.addAlarmAction(new ApplicationScalingAction(action));
    };
    whenAbove('Needed', allCalls, bounds.aboveCalls, FULL, 1);
    // An alarm looks past missing minutes to earlier ones: an edge that has just come would be taken away for its predecessor's.
    const idleNow = new MathExpression({
      expression: 'FILL(idle, 0)',
      usingMetrics: { idle },
      period: Duration.minutes(1),
    });
    whenAbove('Idle', idleNow, 0, IDLE, 0);
  }
}
