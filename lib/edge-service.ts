import { Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  ContainerDependencyCondition,
  ContainerImage,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
  Protocol,
} from 'aws-cdk-lib/aws-ecs';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { DialplaneStack } from './dialplane-stack.ts';
import type { EdgeCluster } from './edge-cluster.ts';
import type { EdgeFront } from './edge-front.ts';
import type { EdgeLink } from './edge-link.ts';
import { addRtpengine } from './edge-rtpengine.ts';
import type { ScalingBounds } from './edge-scaling.ts';
import { memoryFor } from './edge-settings.ts';
import { type EdgeTask, HEALTH_PORT } from './edge-tasks.ts';
import { RTPENGINE_ADDRESS, RTPENGINE_PORTS } from './rtpengine-arguments.ts';

export interface EdgeServiceProps {
  readonly task: EdgeTask;
  /** The edge rests while the others have room for all calls. Without it, it always runs. */
  readonly scaling?: ScalingBounds | undefined;
  readonly house: EdgeCluster;
  readonly vpc: IVpc;
  readonly front: EdgeFront;
  /** Who may send media to it: IPv4 networks. */
  readonly mediaNetworks: readonly string[];
  /** `host:port` of an rtpengine that runs elsewhere, or `beside` for one in the same task. */
  readonly rtpengine?: string | undefined;
  readonly dialplane: DialplaneStack;
  readonly link: EdgeLink;
  readonly insideNetworks: readonly string[];
  readonly allowedNetworks: readonly string[];
  readonly certificateSecretArn?: string | undefined;
  readonly callerNumber?: string | undefined;
  readonly cpu: number;
  /** How many at once. */
  readonly calls: number;
  readonly drainSeconds: number;
  readonly logLevel?: string | undefined;
}

const CONTAINER = 'edge';
const METRICS = 'Dialplane';
/** Four for each relayed call: a thousand calls. */
const MEDIA_PORTS = { least: 20_000, most: 23_999 };

/**
 * One task of Fargate that runs an edge. One and never two: bridges are written down under its name, and the next one
 * goes on with them, so the old one is gone before the new one starts.
 */
export class EdgeService extends Construct {
  readonly service: FargateService;
  readonly #name: string;

  constructor(scope: Construct, id: string, props: EdgeServiceProps) {
    super(scope, id);
    const { vpc, front, dialplane, link, certificateSecretArn, drainSeconds, scaling } = props;
    const { name, sipPort, tlsPort } = props.task;
    const { cluster, logGroup, image } = props.house;
    const ownCommands = link.ownCommands.get(name);
    this.#name = name;
    const task = new FargateTaskDefinition(this, 'Task', {
      cpu: props.cpu,
      memoryLimitMiB: memoryFor[props.cpu] ?? 0,
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.ARM64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
    });
    const hasRtpengine = props.rtpengine === 'beside';
    const optional = {
      ALLOWED_NETWORKS: props.allowedNetworks.join(','),
      TLS_SECRET_ARN: certificateSecretArn,
      CALLER_NUMBER: props.callerNumber,
      RTPENGINE_ADDRESS: hasRtpengine ? RTPENGINE_ADDRESS : props.rtpengine,
      LOG_LEVEL: props.logLevel,
      EDGE_OWN_QUEUE_URL: ownCommands?.queue.queueUrl,
      EDGE_OWN_QUEUE_URLS: ownCommands && link.ownQueueUrls(Stack.of(this)),
      // One edge alone needs no more routes than the stack has made.
      ORIGINATION_HOSTS: ownCommands && front.addresses.join(','),
      REST_BELOW_CALLS: scaling && String(scaling.belowCalls),
      WAKE_ABOVE_CALLS: scaling && String(scaling.aboveCalls),
    };
    const container = task.addContainer(CONTAINER, {
      image: ContainerImage.fromDockerImageAsset(image),
      readonlyRootFilesystem: true,
      stopTimeout: Duration.seconds(120),
      logging: LogDrivers.awsLogs({ logGroup, streamPrefix: name }),
      environment: {
        TABLE_NAME: dialplane.calls.table.tableName,
        BUS_NAME: dialplane.events.bus.eventBusName,
        KEY_ID: dialplane.tokenKey.keyId,
        EDGE_COMMAND_QUEUE_URL: link.commands.queue.queueUrl,
        EDGE_NAME: name,
        DEPLOYMENT: Stack.of(this).stackName,
        SIP_PORT: String(sipPort),
        TLS_PORT: String(tlsPort),
        EDGE_INSIDE_NETWORKS: props.insideNetworks.join(','),
        VOICE_CONNECTOR_HOST: link.voiceConnectorHost,
        VOICE_CONNECTOR_ID: link.voiceConnectorId,
        TELEPHONE_CONNECTOR_HOST: link.telephoneConnectorHost,
        TELEPHONE_CONNECTOR_ID: link.telephoneConnectorId,
        ADVERTISED_ADDRESS: front.addresses[0] ?? '',
        MEDIA_PORTS: `${MEDIA_PORTS.least}-${MEDIA_PORTS.most}`,
        HEALTH_PORT: String(HEALTH_PORT),
        MAX_CALLS: String(props.calls),
        DRAIN_SECONDS: String(drainSeconds),
        AFTERWARDS: 'hand-over',
        ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value)),
      },
      portMappings: [
        { containerPort: sipPort, protocol: Protocol.TCP },
        { containerPort: sipPort, protocol: Protocol.UDP },
        ...(certificateSecretArn ? [{ containerPort: tlsPort, protocol: Protocol.TCP }] : []),
      ],
    });
    // Started before the edge, it is also stopped after it.
    if (hasRtpengine)
      container.addContainerDependencies({
        container: addRtpengine(task, logGroup),
        condition: ContainerDependencyCondition.START,
      });
    acknowledge(task, {
      'AwsSolutions-ECS2':
        'The variables name resources and settings; the one secret, the certificate, is named by its ARN and read by the edge.',
    });
    acknowledge(task.obtainExecutionRole(), {
      'AwsSolutions-IAM5[Resource::*]':
        'ecr:GetAuthorizationToken has no resource to name; the image itself can be pulled from its one repository.',
    });
    const allow = (actions: string[], resourceArns: string[]) =>
      Grant.addToPrincipal({ grantee: task.taskRole, actions, resourceArns });
    dialplane.calls.grant(task.taskRole, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
    // Its bridges, the other edges, and an account's routes; by the index trunks and numbers.
    dialplane.calls.grantQuery(task.taskRole);
    dialplane.events.bus.grantPutEventsTo(task.taskRole);
    allow(['kms:Decrypt'], [dialplane.tokenKey.keyArn]);
    allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
      [link.commands, ...(ownCommands ? [ownCommands] : [])].map(({ queue }) => queue.queueArn),
    );
    allow(
      ['chime:GetVoiceConnectorTermination', 'chime:PutVoiceConnectorTermination'],
      [link.voiceConnectorArn, link.telephoneConnectorArn],
    );
    if (ownCommands) {
      const others = [...link.ownCommands.values()].filter(each => each !== ownCommands);
      allow(
        ['sqs:SendMessage'],
        others.map(({ queue }) => queue.queueArn),
      );
      allow(
        ['chime:GetVoiceConnectorOrigination', 'chime:PutVoiceConnectorOrigination'],
        [link.voiceConnectorArn],
      );
    }
    if (certificateSecretArn) allow(['secretsmanager:GetSecretValue'], [certificateSecretArn]);

    const securityGroup = new SecurityGroup(this, 'SecurityGroup', { vpc, description: 'The SIP edge' });
    this.service = new FargateService(this, 'Service', {
      cluster,
      taskDefinition: task,
      // Of an edge that comes and goes, a deployment leaves the number as it is.
      ...(scaling === undefined && { desiredCount: 1 }),
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      healthCheckGracePeriod: Duration.seconds(60),
      // There is no NAT: it reaches the world, and AWS, by an address of its own.
      assignPublicIp: true,
      securityGroups: [securityGroup],
    });
    const firstMediaPort = (hasRtpengine ? RTPENGINE_PORTS : MEDIA_PORTS).least;
    for (const network of props.mediaNetworks) {
      securityGroup.addIngressRule(Peer.ipv4(network), Port.udpRange(firstMediaPort, MEDIA_PORTS.most));
    }
    acknowledge(securityGroup, {
      'AwsSolutions-EC23':
        'Media comes from where a call’s other end has it, which nobody knows before; a port is open to the edge while a call has it, and hears one sender.',
    });
    // The image and AWS are behind the Internet gateway.
    this.service.node.addDependency(vpc);
    for (const port of [Port.udp(sipPort), Port.tcpRange(sipPort, tlsPort), Port.tcp(HEALTH_PORT)]) {
      securityGroup.addIngressRule(front.securityGroup, port);
    }
  }

  /** Calls in hand, which the edge tells once a minute in its log. */
  get calls(): Metric {
    return this.#metric('Calls');
  }

  /** 1 where it rests and has no calls, of an edge that may. */
  get idle(): Metric {
    return this.#metric('Idle');
  }

  #metric(metricName: string): Metric {
    return new Metric({
      namespace: METRICS,
      metricName,
      dimensionsMap: { Deployment: Stack.of(this).stackName, Edge: this.#name },
      statistic: 'Maximum',
      period: Duration.minutes(1),
    });
  }

  get containerName(): string {
    return CONTAINER;
  }
}

/** Calls in hand of all edges of a stack: each tells its own once in each minute. */
export const callsOfAll = (stack: Stack): Metric =>
  new Metric({
    namespace: METRICS,
    metricName: 'Calls',
    dimensionsMap: { Deployment: stack.stackName },
    statistic: 'Sum',
    period: Duration.minutes(1),
  });
