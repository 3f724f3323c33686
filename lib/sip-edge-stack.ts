import { CfnOutput, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { GatewayVpcEndpointAwsService, IpAddresses, type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { FilterPattern, MetricFilter, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { Alarms } from './alarms.ts';
import type { DialplaneStack } from './dialplane-stack.ts';
import { EdgeFront, edgePorts } from './edge-front.ts';
import { EdgeService } from './edge-service.ts';
import { checkEdge, type SipEdgeSettings } from './edge-settings.ts';
import { Provider } from './provider.ts';
import { SettingError } from './settings.ts';

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
/** Its relay has four ports for each. */
const CALLS = 1_000;
/** Of the calls that it may carry: beyond, somebody has to act before callers are turned away. */
const NEARLY_FULL = 0.8;

/** The SIP edge: one container behind a network load balancer, to which the Voice Connector's calls lead. */
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
    const networks = worldNetworks.includes('0.0.0.0/0') ? EVERYBODY : [...insideNetworks, ...worldNetworks];
    const front = new EdgeFront(this, 'Front', {
      vpc,
      networks,
      tls: props.edgeCertificateSecretArn !== undefined,
    });
    const calls = props.edgeCalls ?? CALLS;
    const edge = new EdgeService(this, 'Edge', {
      vpc,
      front,
      networks,
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
      logRetention,
      logLevel: props.logLevel,
    });
    const targets = front.leadTo(edge.service, edge.containerName);

    const origination = new Provider(this, 'OriginationProvider', {
      folder: 'voice-connector-origination',
      description: "Dialplane: leads the Voice Connector's calls to the SIP edge",
      timeoutSeconds: 60,
      environment: {},
      logRetention,
      tracing: props.tracing ?? true,
    });
    origination.allow(
      ['chime:PutVoiceConnectorOrigination', 'chime:DeleteVoiceConnectorOrigination'],
      [link.voiceConnectorArn],
    );
    const routes = origination.provide(this, 'Origination', 'VoiceConnectorOrigination', {
      VoiceConnectorId: link.voiceConnectorId,
      Hosts: front.addresses.join(','),
      Port: String(edgePorts.sip),
      Protocol: 'UDP',
    });
    // A call may come as soon as there is a route; then somebody must be there.
    routes.node.addDependency(edge.service);

    const alarms = new Alarms(this, 'Alarms', { topicArn: props.alarmTopicArn });
    const period = Duration.minutes(1);
    alarms.onNone(
      'EdgeUnhealthy',
      targets.metrics.healthyHostCount({ period, statistic: 'Maximum' }),
      'No SIP edge is healthy: none runs, or it cannot read its commands. Its log says why.',
      5,
    );
    const crashes = new MetricFilter(this, 'Crashes', {
      logGroup: edge.logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', 'The SIP edge has failed.'),
      metricNamespace: 'Dialplane',
      metricName: `${this.stackName}Crashes`,
    });
    alarms.onAny(
      'EdgeCrashes',
      crashes.metric({ period, statistic: 'Sum' }),
      'The SIP edge has ended by an error and was started again: its log has the error.',
    );
    alarms.above(
      'EdgeBusy',
      edge.service.metricCpuUtilization({ period, statistic: 'Average' }),
      70,
      'The SIP edge is short of CPU: deploy it with a larger edgeCpu.',
      5,
    );

    alarms.above(
      'EdgeFull',
      edge.calls,
      Math.floor(calls * NEARLY_FULL),
      'The SIP edge has nearly as many calls as it may carry: deploy it with a larger edgeCalls, and edgeCpu to match.',
      3,
    );

    const output = (outputId: string, value: string, description: string) =>
      new CfnOutput(this, outputId, { value, description });
    output('SipAddresses', front.addresses.join(','), 'Public addresses of the SIP edge; they stay');
    output('SipHostName', front.dnsName, 'Its host name, for a CNAME of your own');
    output('VoiceConnectorId', link.voiceConnectorId, 'The Voice Connector');
    output('TelephoneConnectorId', link.telephoneConnectorId, 'The Voice Connector to the telephone network');
    output('EdgeLogGroup', edge.logGroup.logGroupName, "The edge's log");
  }

  /** The Region's first two zones, without asking AWS for their names: `synth` needs no network. */
  override get availabilityZones(): string[] {
    return [0, 1].map(index => Fn.select(index, Fn.getAzs()));
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
