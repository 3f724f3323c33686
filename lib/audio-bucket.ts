import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, type ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { DialplaneFunction } from './dialplane-function.ts';

export interface AudioBucketProps {
  /** Days after which a copy is deleted. */
  readonly expirationDays: number;
  /** The service that plays the audio; without it only this stack's functions read the bucket. */
  readonly playedBy?: ServicePrincipal | undefined;
}

/**
 * Copies of the audio that documents play, in the WAV that the voice service takes. They are a cache: not
 * versioned, deleted after some days, and fetched again from the customer's server when played again.
 */
export class AudioBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: AudioBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      // With KMS the voice service would need rights on the key, which it does not document.
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: false,
      lifecycleRules: [
        {
          expiration: Duration.days(props.expirationDays),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      // CloudFormation cannot delete a bucket that is not empty; this one empties itself.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(this.bucket, {
      'AwsSolutions-S1':
        'It caches audio that is on customers’ own servers: a log of each playing would cost more than the cache and tell nothing that the calls do not.',
    });
    if (props.playedBy) this.#allowReading(props.playedBy);
  }

  /** Allows to look for a copy and to add one. */
  grantCaching(cacher: DialplaneFunction): void {
    cacher.allow(['s3:GetObject', 's3:PutObject'], [this.bucket.arnForObjects('*')]);
    // Without it S3 answers 403, not 404, for a copy that is not there yet.
    cacher.allow(['s3:ListBucket'], [this.bucket.bucketArn]);
    const bucketId = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnBucket);
    acknowledge(cacher.ownRole, {
      [`AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/*]`]:
        'The objects of this one bucket: their names come from the URLs that customers play.',
    });
  }

  /** Only on behalf of this AWS account, so that no other customer of the service can have it read this bucket. */
  #allowReading(service: ServicePrincipal): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'PlayAudio',
        effect: Effect.ALLOW,
        principals: [service],
        actions: ['s3:GetObject'],
        resources: [this.bucket.arnForObjects('*')],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }
}
