import { fileURLToPath } from 'node:url';
import { IgnoreMode, RemovalPolicy } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Cluster, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** What goes into the image's build, and nothing that customers or tests have left in the tree. */
const SOURCES = ['package.json', 'package-lock.json', 'aws', 'core', 'edge', 'rtp', 'sip', 'sma'];

/** What the edges of a deployment share: a cluster, a log, and the image. */
export class EdgeCluster extends Construct {
  readonly cluster: ICluster;
  readonly logGroup: LogGroup;
  readonly image: DockerImageAsset;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly vpc: IVpc; readonly logRetention: RetentionDays },
  ) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const cluster = new Cluster(this, 'Cluster', { vpc: props.vpc });
    acknowledge(cluster, {
      'AwsSolutions-ECS4':
        'Container Insights costs more than a task; each edge tells its calls as a metric, and its health has an alarm.',
    });
    this.cluster = cluster as ICluster;
    this.image = new DockerImageAsset(this, 'Image', {
      directory: fileURLToPath(new URL('..', import.meta.url)),
      file: 'edge/Dockerfile',
      platform: Platform.LINUX_ARM64,
      ignoreMode: IgnoreMode.DOCKER,
      exclude: ['*', ...SOURCES.map(source => `!${source}`)],
    });
  }
}
