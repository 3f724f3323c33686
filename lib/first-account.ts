import type { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { CallTable } from './call-table.ts';
import type { FunctionDefaults } from './dialplane-function.ts';
import { Provider } from './provider.ts';

export interface FirstAccountProps extends FunctionDefaults {
  readonly friendlyName: string;
  /** A new value makes the next deployment read the secret again. */
  readonly tokenVersion: string;
  readonly removalPolicy: RemovalPolicy;
  readonly calls: CallTable;
  readonly tokenKey: IKey;
}

/**
 * The account that exists after deploying. Its token is made by Secrets Manager and is in no template; the
 * provider stores it encrypted in the table. Its SID comes from the stack and never changes.
 */
export class FirstAccount extends Construct {
  readonly accountSid: string;
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: FirstAccountProps) {
    super(scope, id);
    this.secret = new Secret(this, 'AuthToken', {
      description: 'Auth token of the first Dialplane account',
      // 32 letters and digits, as the dialects' clients expect; 36^32 is more than 165 bits.
      generateSecretString: { passwordLength: 32, excludePunctuation: true, excludeUppercase: true },
      removalPolicy: props.removalPolicy,
    });
    acknowledge(this.secret, {
      'AwsSolutions-SMG4':
        'Customers’ applications hold this token: rotating it unasked would lock them out and break their signature checks. docs/deploying.md tells how to rotate it.',
    });
    const provider = new Provider(this, 'Provider', {
      folder: 'first-account',
      description: 'Dialplane: stores the first account',
      timeoutSeconds: 60,
      environment: {
        TABLE_NAME: props.calls.table.tableName,
        KEY_ID: props.tokenKey.keyId,
        SECRET_ID: this.secret.secretArn,
      },
      logRetention: props.logRetention,
      tracing: props.tracing,
    });
    props.calls.grant(provider, 'GetItem', 'PutItem');
    provider.allow(['kms:Encrypt'], [props.tokenKey.keyArn]);
    provider.allow(['secretsmanager:GetSecretValue'], [this.secret.secretArn]);
    const account = provider.provide(this, 'Account', 'DialplaneAccount', {
      FriendlyName: props.friendlyName,
      TokenVersion: props.tokenVersion,
    });
    this.accountSid = account.ref;
  }
}
