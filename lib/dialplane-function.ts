import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { bundle } from './bundle.ts';
import type { WorkQueue } from './work-queue.ts';

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What all functions of a deployment have in common. */
export interface FunctionDefaults {
  readonly logRetention: RetentionDays;
  readonly tracing: boolean;
}

export interface DialplaneFunctionProps extends FunctionDefaults {
  /** The folder in `lambdas/` whose `index.ts` exports the `handler`. */
  readonly folder: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  /** Memory in MB; Lambda's share of a processor grows with it. */
  readonly memorySize: number;
  readonly environment: Record<string, string>;
  /** Only for a function that another one must know before it exists; by default CloudFormation names it. */
  readonly functionName?: string;
}

/**
 * A function of Dialplane: ARM64, Node 24, one bundled ES module, a log group with a retention, and a role
 * of its own that begins with nothing but that log group.
 */
export class DialplaneFunction extends NodejsFunction {
  readonly ownRole: Role;

  constructor(scope: Construct, id: string, props: DialplaneFunctionProps) {
    const { folder, timeoutSeconds, logRetention, tracing, ...own } = props;
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    super(scope, id, {
      ...own,
      entry: fromRoot(`lambdas/${folder}/index.ts`),
      projectRoot: fromRoot('.'),
      depsLockFilePath: fromRoot('package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.seconds(timeoutSeconds),
      role,
      logGroup,
      tracing: tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      awsSdkConnectionReuse: false, // It sets a variable that version 3 of the SDK does not read.
      bundling: {
        format: OutputFormat.ESM,
        target: bundle.target,
        minify: bundle.minify,
        mainFields: [...bundle.mainFields],
        banner: bundle.banner,
        bundleAwsSDK: true,
        logLevel: LogLevel.WARNING,
      },
    });
    this.ownRole = role;
    if (tracing) {
      acknowledge(role, {
        'AwsSolutions-IAM5[Resource::*]':
          'X-Ray has no resources to name: xray:PutTraceSegments and xray:PutTelemetryRecords only.',
      });
    } else {
      acknowledge(this, { 'Serverless-LambdaTracing': 'This deployment has chosen `tracing: false`.' });
    }
    acknowledge(this, {
      'Serverless-LambdaDLQ':
        'Its callers wait for its answer, or SQS keeps the message until it succeeds, or CloudFormation waits and reports that it did not.',
    });
  }

  /** Allows `actions` on `resourceArns`; a wildcard needs an entry in the exceptions of test/lib/least-privilege.test.ts. */
  allow(actions: string[], resourceArns: string[]): void {
    Grant.addToPrincipal({ grantee: this, actions, resourceArns });
  }

  /**
   * Works through a queue, ten messages at a time, and gives back only those that failed.
   * @param maxConcurrency how many may run at once (2–1000); by default as many as Lambda starts.
   */
  drain(work: WorkQueue, maxConcurrency?: number): void {
    const concurrency = maxConcurrency === undefined ? {} : { maxConcurrency };
    this.addEventSource(
      new SqsEventSource(work.queue, { batchSize: 10, reportBatchItemFailures: true, ...concurrency }),
    );
    acknowledge(this, {
      'Serverless-LambdaEventSourceMappingDestination':
        'A queue has no failure destination: its redrive policy moves what fails to the dead-letter queue.',
    });
  }
}
