import { CfnOutput, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { GatewayVpcEndpointAwsService, IpAddresses, type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { FilterPattern, MetricFilter, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct, IDependable } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { Alarms } from './alarms.ts';
import type { DialplaneStack } from './dialplane-stack.ts';
import { EdgeCluster } from './edge-cluster.ts';
import { EdgeFront } from './edge-front.ts';
import type { EdgeLink } from './edge-link.ts';
import { boundsOf, EdgeScaling } from './edge-scaling.ts';
import { callsOfAll, EdgeService } from './edge-service.ts';
import { CALLS, checkEdge, type SipEdgeSettings, targetCalls } from './edge-settings.ts';
import { idOf } from './edge-tasks.ts';
import { Provider } from './provider.ts';
import { SettingError } from './settings.ts';
import { olderMediaNetworks } from './voice-connector-networks.ts';

export interface SipEdgeProps extends StackProps, SipEdgeSettings {
  /** Deployed with `sipEdge: true`, to the same AWS account and Region. */
  readonly dialplane: DialplaneStack;
  /** An own network with public subnets. Default: a small one is made. */
  readonly vpc?: IVpc;
  readonly tracing?: boolean;
}

const EVERYBODY = ['0.0.0.0/0'];
/** The load balancer leads nothing new to a task that is being stopped: the next one had better come soon. */
const DRAIN_SECONDS = 10;
/** Of the calls that it may carry: beyond, somebody has to act before callers are turned away. */
const NEARLY_FULL = 0.8;

/** The SIP edge: one container, or several, behind a network load balancer to which the Voice Connector's calls lead. */
export class SipEdgeStack extends Stack {
  constructor(scope: Construct, id: string, props: SipEdgeProps) {
    super(scope, id, { description: 'Dialplane: the SIP edge', ...props });
    const { dialplane, logRetention = RetentionDays.ONE_MONTH } = props;
    const link = dialplane.edge;
    if (link === undefined)
      throw new SettingError('The SIP edge needs a DialplaneStack with `sipEdge: true`.');
    const insideNetworks = checkEdge(props, this.region);
    const vpc = props.vpc ?? this.#network();
    const worldNetworks = props.edgeNetworks ?? EVERYBODY;
    const isOpen = worldNetworks.includes('0.0.0.0/0');
    const networks = isOpen ? EVERYBODY : [...insideNetworks, ...worldNetworks];
    const mediaNetworks = isOpen ? EVERYBODY : [...networks, ...(olderMediaNetworks[this.region] ?? [])];
    const { tasks } = link;
    const front = new EdgeFront(this, 'Front', {
      vpc,
      networks,
      tls: props.edgeCertificateSecretArn !== undefined,
      tasks,
    });
    const calls = props.edgeCalls ?? CALLS;
    const house = new EdgeCluster(this, 'Edges', { vpc, logRetention });
    const alarms = new Alarms(this, 'Alarms', { topicArn: props.alarmTopicArn });
    const origination = this.#origination(link, front, { logRetention, tracing: props.tracing ?? true });

    for (const task of tasks) {
      const scaling = task.place === 1 ? undefined : boundsOf(task.place, targetCalls(props));
      const edge = new EdgeService(this, idOf('Edge', task), {
        task,
        scaling,
        house,
        vpc,
        front,
        mediaNetworks,
        rtpengine: props.edgeRtpengine ? 'beside' : props.edgeRtpengineAddress,
        dialplane,
        link,
        insideNetworks,
        allowedNetworks: props.allowedNetworks ?? [],
        certificateSecretArn: props.edgeCertificateSecretArn,
        callerNumber: props.edgeCallerNumber,
        cpu: props.edgeCpu ?? 512,
        calls,
        drainSeconds: props.edgeDrainSeconds ?? DRAIN_SECONDS,
        logLevel: props.logLevel,
      });
      const targets = front.leadTo(task, edge.service, edge.containerName);
      // The edges change the routes: they are gone when the routes are deleted.
      edge.service.node.addDependency(...origination);
      if (scaling) {
        const bounds = { service: edge.service, bounds: scaling };
        new EdgeScaling(this, idOf('Scaling', task), {
          ...bounds,
          allCalls: callsOfAll(this),
          idle: edge.idle,
        });
      } else {
        alarms.onNone(
          'EdgeUnhealthy',
          targets.metrics.healthyHostCount({ period: Duration.minutes(1), statistic: 'Maximum' }),
          'No SIP edge is healthy: none runs, or it cannot read its commands. Its log says why.',
          5,
        );
      }
      alarms.above(
        idOf('EdgeBusy', task),
        edge.service.metricCpuUtilization({ period: Duration.minutes(1), statistic: 'Average' }),
        70,
        'The SIP edge is short of CPU: deploy it with a larger edgeCpu.',
        5,
      );
      alarms.above(
        idOf('EdgeFull', task),
        edge.calls,
        Math.floor(calls * NEARLY_FULL),
        'The SIP edge has nearly as many calls as it may carry: deploy it with a larger edgeCalls, and edgeCpu to match, or with more edgeTasks.',
        3,
      );
    }
    const crashes = new MetricFilter(this, 'Crashes', {
      logGroup: house.logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', 'The SIP edge has failed.'),
      metricNamespace: 'Dialplane',
      metricName: `${this.stackName}Crashes`,
    });
    alarms.onAny(
      'EdgeCrashes',
      crashes.metric({ period: Duration.minutes(1), statistic: 'Sum' }),
      'The SIP edge has ended by an error and was started again: its log has the error.',
    );

    const output = (outputId: string, value: string, description: string) =>
      new CfnOutput(this, outputId, { value, description });
    output('SipAddresses', front.addresses.join(','), 'Public addresses of the SIP edge; they stay');
    output('SipHostName', front.dnsName, 'Its host name, for a CNAME of your own');
    output('VoiceConnectorId', link.voiceConnectorId, 'The Voice Connector');
    output('TelephoneConnectorId', link.telephoneConnectorId, 'The Voice Connector to the telephone network');
    output('EdgeLogGroup', house.logGroup.logGroupName, "The edge's log");
  }

  /** The Region's first two zones, without asking AWS for their names: `synth` needs no network. */
  override get availabilityZones(): string[] {
    return [0, 1].map(index => Fn.select(index, Fn.getAzs()));
  }

  /**
   * Leads the Voice Connector's calls to the first edge, to begin with; several edges see to its routes themselves. Then the other
   * connector leads those for clients to the first edge, always.
   */
  #origination(
    { tasks, ...link }: EdgeLink,
    { addresses }: EdgeFront,
    defaults: { logRetention: RetentionDays; tracing: boolean },
  ): IDependable[] {
    const connectors = [
      { id: 'Origination', VoiceConnectorId: link.voiceConnectorId, arn: link.voiceConnectorArn },
      { id: 'Clients', VoiceConnectorId: link.telephoneConnectorId, arn: link.telephoneConnectorArn },
    ].slice(0, tasks.length > 1 ? 2 : 1);
    const provider = new Provider(this, 'OriginationProvider', {
      folder: 'voice-connector-origination',
      description: "Dialplane: leads the Voice Connector's calls to the SIP edge",
      timeoutSeconds: 60,
      environment: {},
      ...defaults,
    });
    provider.allow(
      ['chime:PutVoiceConnectorOrigination', 'chime:DeleteVoiceConnectorOrigination'],
      connectors.map(({ arn }) => arn),
    );
    return connectors.map(({ id, VoiceConnectorId }) =>
      provider.provide(this, id, 'VoiceConnectorOrigination', {
        VoiceConnectorId,
        Hosts: addresses.join(','),
        Port: String(tasks[0]?.sipPort),
        Protocol: 'UDP',
      }),
    );
  }

  #network(): IVpc {
    const vpc = new Vpc(this, 'Network', {
      ipAddresses: IpAddresses.cidr('10.83.0.0/24'),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 26 }],
      gatewayEndpoints: { DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB } },
      restrictDefaultSecurityGroup: false, // Nothing is in it, and it would take a function to empty it.
    });
    acknowledge(vpc, {
      'AwsSolutions-VPC7':
        'It holds one container and one load balancer; the edge logs its calls, and flow logs of every packet would cost more than the edge.',
    });
    return vpc as IVpc;
  }
}
