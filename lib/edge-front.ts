import { Duration } from 'aws-cdk-lib';
import { CfnEIP, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import {
  NetworkLoadBalancer,
  NetworkTargetGroup,
  Protocol,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { type EdgeTask, HEALTH_PORT, idOf } from './edge-tasks.ts';

const EVERYBODY = '0.0.0.0/0';

/**
 * For how long it remembers a TCP connection without traffic: as long as AWS lets it, since phones register for up to two
 * hours. The edge asks them more often than the usual 350 s whether they are there; this is for when that gets lost.
 */
const TCP_IDLE = Duration.seconds(6_000);

export interface EdgeFrontProps {
  readonly vpc: IVpc;
  /** Who may send SIP to it: IPv4 networks. */
  readonly networks: readonly string[];
  readonly tls: boolean;
  /** Each has listeners of its own. */
  readonly tasks: readonly EdgeTask[];
}

/**
 * The edges' public face: a network load balancer with an address of its own in each zone, which stay the same whatever
 * becomes of the edges behind it; the port tells which of them. It passes everything on as it is, TLS too, with the sender's address.
 */
export class EdgeFront extends Construct {
  readonly securityGroup: SecurityGroup;
  /** The public addresses; the first is the one that the edge calls itself. */
  readonly addresses: readonly string[];
  readonly #balancer: NetworkLoadBalancer;
  readonly #props: EdgeFrontProps;

  constructor(scope: Construct, id: string, props: EdgeFrontProps) {
    super(scope, id);
    this.#props = props;
    const { vpc, networks, tls, tasks } = props;
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'SIP to the edge',
      allowAllOutbound: true,
    });
    const ports = tasks.flatMap(({ sipPort, tlsPort }) => [
      Port.udp(sipPort),
      Port.tcp(sipPort),
      ...(tls ? [Port.tcp(tlsPort)] : []),
    ]);
    for (const network of networks) {
      for (const port of ports) this.securityGroup.addIngressRule(Peer.ipv4(network), port);
    }
    if (networks.includes(EVERYBODY)) {
      acknowledge(this.securityGroup, {
        'AwsSolutions-EC23':
          'Whoever was called must be able to hang up, so SIP is open to all; the edge itself refuses calls of strangers, and limits what they ask. edgeNetworks closes it.',
      });
    }
    const subnets = vpc.publicSubnets;
    const eips = subnets.map((_, index) => new CfnEIP(this, `Address${index + 1}`, { domain: 'vpc' }));
    this.addresses = eips.map(eip => eip.attrPublicIp);
    this.#balancer = new NetworkLoadBalancer(this, 'Balancer', {
      vpc,
      internetFacing: true,
      crossZoneEnabled: true,
      securityGroups: [this.securityGroup],
      subnetMappings: subnets.map((subnet, index) => ({
        subnet,
        allocationId: eips[index]?.attrAllocationId ?? '',
      })),
    });
    acknowledge(this.#balancer, {
      'AwsSolutions-ELB2':
        'A network load balancer logs TLS connections that it ends itself; it ends none, and the edge tells each call.',
    });
  }

  get dnsName(): string {
    return this.#balancer.loadBalancerDnsName;
  }

  /** Leads an edge's ports to its service. @returns the group of targets whose health stands for the edge */
  leadTo(task: EdgeTask, service: FargateService, containerName: string): NetworkTargetGroup {
    const group = (id: string, port: number, protocol: Protocol) => {
      const targets = new NetworkTargetGroup(this, `${id}Targets`, {
        vpc: this.#props.vpc,
        port,
        protocol,
        targetType: TargetType.IP,
        // The edge knows by it who is inside.
        preserveClientIp: true,
        deregistrationDelay: Duration.seconds(0),
        healthCheck: {
          protocol: Protocol.HTTP,
          path: '/healthz',
          port: String(HEALTH_PORT),
          interval: Duration.seconds(10),
          healthyThresholdCount: 2,
          unhealthyThresholdCount: 3,
        },
      });
      this.#balancer.addListener(id, {
        port,
        protocol,
        defaultTargetGroups: [targets],
        // AWS documents it for listeners of TCP alone.
        ...(protocol === Protocol.TCP && { tcpIdleTimeout: TCP_IDLE }),
      });
      targets.addTarget(service.loadBalancerTarget({ containerName, containerPort: port }));
      return targets;
    };
    if (this.#props.tls) group(idOf('Tls', task), task.tlsPort, Protocol.TCP);
    return group(idOf('Sip', task), task.sipPort, Protocol.TCP_UDP);
  }
}
