import { describe, expect, test } from 'vitest';
import { CLIENTS_EDGE } from '../../aws/queues.ts';
import { callsMetric } from '../../edge/process/json-log.ts';
import { readSettings } from '../../edge/process/settings.ts';
import { boundsOf } from '../../lib/edge-scaling.ts';
import { edgeTasks, MOST_TASKS } from '../../lib/edge-tasks.ts';
import { type Deployment, deployEdge } from './deployment.ts';
import { asText, grants } from './policies.ts';

const certificate = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:sip-AbCdEf';
const { edge, dialplane } = deployEdge({
  edgeTasks: 3,
  edgeCalls: 200,
  edgeTargetCalls: 100,
  edgeCertificateSecretArn: certificate,
});

interface Variable {
  Name: string;
  Value: unknown;
}

/** Each edge's variables, by its name; what is known to AWS alone is `something`. */
const environments = (deployment: Deployment): Record<string, Record<string, string>> =>
  Object.fromEntries(
    deployment.of('AWS::ECS::TaskDefinition').map(([, { Properties }]) => {
      const variables: Variable[] = Properties.ContainerDefinitions[0].Environment;
      const environment = Object.fromEntries(
        variables.map(({ Name, Value }) => [Name, typeof Value === 'string' ? Value : 'something']),
      );
      return [environment['EDGE_NAME'], environment];
    }),
  );
const named = environments(edge);

describe('Several edges', () => {
  test('have a name and ports of their own each, which the load balancer leads to them alone', () => {
    expect(edgeTasks(MOST_TASKS).map(({ name, sipPort, tlsPort }) => [name, sipPort, tlsPort])).toEqual([
      ['edge-1', 5060, 5061],
      ['edge-2', 5070, 5071],
      ['edge-3', 5080, 5081],
      ['edge-4', 5090, 5091],
      ['edge-5', 5100, 5101],
    ]);
    for (const { name, place, sipPort, tlsPort } of edgeTasks(3)) {
      expect(readSettings(named[name] ?? {})).toMatchObject({ name, sipPort, tlsPort, maxCalls: 200 });
      const id = place === 1 ? /^EdgeService/ : new RegExp(`^Edge${place}Service`);
      const [, service] = edge.of('AWS::ECS::Service').find(([found]) => id.test(found)) ?? [];
      const led = service?.Properties.LoadBalancers.map(
        ({ ContainerPort }: { ContainerPort: number }) => ContainerPort,
      );
      expect(led.sort()).toEqual([sipPort, tlsPort]);
    }
    const listeners = edge
      .of('AWS::ElasticLoadBalancingV2::Listener')
      .map(([, { Properties }]) => `${Properties.Protocol} ${Properties.Port}`);
    expect(listeners.sort()).toEqual([
      'TCP 5061',
      'TCP 5071',
      'TCP 5081',
      'TCP_UDP 5060',
      'TCP_UDP 5070',
      'TCP_UDP 5080',
    ]);
    const opened = edge
      .of('AWS::EC2::SecurityGroup')
      .filter(([id]) => id.startsWith('FrontSecurityGroup'))
      .flatMap(([, { Properties }]) => Properties.SecurityGroupIngress)
      .map(({ IpProtocol, FromPort, ToPort }) => `${IpProtocol} ${FromPort}-${ToPort}`);
    expect(opened).toHaveLength(9);
    expect(opened).toEqual(expect.arrayContaining(['udp 5080-5080', 'tcp 5080-5080', 'tcp 5081-5081']));
  });

  test('see to the connector’s routes themselves; one alone has those that the stack has made', () => {
    expect(named['edge-2']).toHaveProperty('ORIGINATION_HOSTS');
    expect(edge.of('AWS::EC2::EIP').length * MOST_TASKS).toBeLessThanOrEqual(10);
    expect(environments(deployEdge().edge)['edge-1']).not.toHaveProperty('ORIGINATION_HOSTS');
    const may = grants(edge).filter(({ action }) => action === 'chime:PutVoiceConnectorOrigination');
    expect(may.map(({ policy }) => policy.replace(/(TaskTask|Provider)?Role.*/, '')).sort()).toEqual([
      'Edge',
      'Edge2',
      'Edge3',
      'Origination',
      'Origination',
    ]);
  });

  test('have a queue each besides the common one, and read no other’s', () => {
    const queues = grants(edge)
      .filter(({ action }) => action === 'sqs:ReceiveMessage')
      .map(({ policy, resource }) => [
        policy.replace(/TaskTaskRole.*/, ''),
        /Edge(\d?)Commands/.exec(resource)?.[1],
      ]);
    expect(queues.sort()).toEqual([
      ['Edge', ''],
      ['Edge', '1'],
      ['Edge2', ''],
      ['Edge2', '2'],
      ['Edge3', ''],
      ['Edge3', '3'],
    ]);
    const hands = grants(edge)
      .filter(({ action }) => action === 'sqs:SendMessage')
      .map(({ policy, resource }) => [
        policy.replace(/TaskTaskRole.*/, ''),
        /Edge(\d?)Commands/.exec(resource)?.[1],
      ]);
    expect(hands.sort()).toEqual([
      ['Edge', '2'],
      ['Edge', '3'],
      ['Edge2', '1'],
      ['Edge2', '3'],
      ['Edge3', '1'],
      ['Edge3', '2'],
    ]);
    expect(named['edge-2']).toHaveProperty('EDGE_OWN_QUEUE_URLS');
    for (const folder of ['api', 'originate']) {
      const [, { Properties }] = dialplane.functionIn(folder);
      const urls = JSON.parse(asText(Properties.Environment.Variables.EDGE_OWN_QUEUE_URLS));
      expect(Object.keys(urls)).toEqual(['edge-1', 'edge-2', 'edge-3']);
    }
    const sends = grants(dialplane).filter(
      ({ action, policy, resource }) =>
        action === 'sqs:SendMessage' && policy.startsWith('FunctionsApi') && /Edge\d?Commands/.test(resource),
    );
    expect(sends).toHaveLength(4);
  });

  test('have their clients at the first, to which the other connector leads', () => {
    expect(edgeTasks(1)[0]?.name).toBe(CLIENTS_EDGE);
    for (const folder of ['api', 'sma-handler', 'originate']) {
      const { Variables } = dialplane.functionIn(folder)[1].Properties.Environment;
      expect(asText(Variables.EDGE_CLIENTS_CONNECTOR_ARN)).toMatch(/^<EdgeTelephone/);
    }
    const led = edge.of('Custom::VoiceConnectorOrigination').map(([, { Properties }]) => Properties.Port);
    expect(led).toEqual(['5060', '5060']);
    const [, alone] = deployEdge().dialplane.functionIn('api');
    expect(alone.Properties.Environment.Variables).not.toHaveProperty('EDGE_CLIENTS_CONNECTOR_ARN');
  });
});

describe('Scaling', () => {
  const alarms = (name: string) =>
    edge
      .of('AWS::CloudWatch::Alarm')
      .filter(([id]) => id.includes(name))
      .map(([, { Properties }]) => Properties);

  test('leaves the first edge alone, and the number of the others to the calls', () => {
    const wanted = edge.of('AWS::ECS::Service').map(([, { Properties }]) => Properties.DesiredCount);
    expect(wanted.filter(count => count !== undefined)).toEqual([1]);
    const targets = edge.of('AWS::ApplicationAutoScaling::ScalableTarget').map(([, each]) => each.Properties);
    expect(targets).toHaveLength(2);
    for (const target of targets) expect(target).toMatchObject({ MinCapacity: 0, MaxCapacity: 1 });
  });

  test('brings each edge in when those before it have their calls, by what all of them tell', () => {
    expect(alarms('Needed').map(({ Threshold }) => Threshold)).toEqual([100, 200]);
    const { _aws, ...values } = JSON.parse(
      callsMetric({ deployment: 'DialplaneEdge', edge: 'edge-2', calls: 7, minuteMs: 0 }),
    );
    const { Namespace, Dimensions, Metrics } = _aws.CloudWatchMetrics[1];
    expect(alarms('Needed')[0]).toMatchObject({
      Namespace,
      MetricName: Metrics[0].Name,
      Dimensions: Dimensions[0].map((Name: string) => ({ Name, Value: values[Name] })),
      Statistic: 'Sum',
      Period: 60,
      DatapointsToAlarm: 2,
      EvaluationPeriods: 3,
    });
  });

  test('takes an edge away when it has rested without a call for five minutes, by its own word', () => {
    const [idle] = alarms('Idle');
    expect(idle).toMatchObject({ Threshold: 0, DatapointsToAlarm: 5, EvaluationPeriods: 5 });
    const { _aws, ...values } = JSON.parse(
      callsMetric({ deployment: 'DialplaneEdge', edge: 'edge-2', calls: 0, isIdle: true, minuteMs: 0 }),
    );
    const { Namespace, Dimensions, Metrics } = _aws.CloudWatchMetrics[0];
    const found = idle.Metrics.find(({ MetricStat }: { MetricStat?: object }) => MetricStat !== undefined);
    expect(found.MetricStat.Metric).toEqual({
      Namespace,
      MetricName: Metrics[1].Name,
      Dimensions: Dimensions[0].map((Name: string) => ({ Name, Value: values[Name] })),
    });
    expect(values).toMatchObject({ Idle: 1 });
  });

  test('sets the number by each alarm, and nothing else does', () => {
    const policies = edge.of('AWS::ApplicationAutoScaling::ScalingPolicy').map(([id, { Properties }]) => {
      const { AdjustmentType, StepAdjustments } = Properties.StepScalingPolicyConfiguration;
      return `${/Needed|Idle/.exec(id)} ${AdjustmentType} ${StepAdjustments[0].ScalingAdjustment}`;
    });
    expect(policies.sort()).toEqual([
      'Idle ExactCapacity 0',
      'Idle ExactCapacity 0',
      'Needed ExactCapacity 1',
      'Needed ExactCapacity 1',
    ]);
  });

  test('has an edge rest before it can be taken away: by the bounds of its process', () => {
    expect(readSettings(named['edge-1'] ?? {}).rest).toBeUndefined();
    expect(readSettings(named['edge-2'] ?? {}).rest).toEqual({ belowCalls: 50, aboveCalls: 100 });
    expect(readSettings(named['edge-3'] ?? {}).rest).toEqual({ belowCalls: 100, aboveCalls: 200 });
  });

  test('never has an edge rest while the others would then have more than theirs', () => {
    for (const place of [2, 3, 4, 5]) {
      for (const target of [1, 7, 600]) {
        const { belowCalls, aboveCalls } = boundsOf(place, target);
        expect(belowCalls).toBeLessThanOrEqual(aboveCalls);
        expect(belowCalls).toBeGreaterThan(0);
      }
    }
  });

  test('has six tenths of what an edge carries as its target', () => {
    const second = environments(deployEdge({ edgeTasks: 2 }).edge)['edge-2'] ?? {};
    expect(readSettings(second).rest).toEqual({ belowCalls: 300, aboveCalls: 600 });
  });
});
