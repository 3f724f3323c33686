import { fileURLToPath } from 'node:url';
import { Duration } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  type ContainerDefinition,
  ContainerImage,
  type FargateTaskDefinition,
  LogDrivers,
} from 'aws-cdk-lib/aws-ecs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';

import { RTPENGINE_ARGUMENTS } from './rtpengine-arguments.ts';

const CONTAINER = 'rtpengine';

/**
 * An rtpengine beside the edge, in its task. It is not told the task's public address: the edge, which finds that out, names it
 * with every offer. One that ends by an error is started again in its place; calls that it carried have no sound from then on.
 */
export function addRtpengine(task: FargateTaskDefinition, logGroup: ILogGroup): ContainerDefinition {
  const image = new DockerImageAsset(task, 'Rtpengine', {
    directory: fileURLToPath(new URL('../edge/rtpengine', import.meta.url)),
    platform: Platform.LINUX_ARM64,
  });
  return task.addContainer(CONTAINER, {
    image: ContainerImage.fromDockerImageAsset(image),
    command: RTPENGINE_ARGUMENTS,
    readonlyRootFilesystem: true,
    enableRestartPolicy: true,
    stopTimeout: Duration.seconds(120),
    logging: LogDrivers.awsLogs({ logGroup, streamPrefix: CONTAINER }),
  });
}
