import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

/**
 * The KMS key under which accounts' auth tokens are stored: they sign callbacks, so they cannot be hashed.
 * Only functions that check or make signatures may decrypt with it. Rotated once a year.
 */
export class TokenKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, props: { readonly removalPolicy: RemovalPolicy }) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: "Dialplane: the accounts' auth tokens",
      enableKeyRotation: true,
      // Without the key the stored tokens are lost, so a mistaken deletion can be undone for as long as KMS allows.
      pendingWindow: Duration.days(30),
      removalPolicy: props.removalPolicy,
    });
  }
}
