import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { CallTable } from './call-table.ts';
import type { FunctionDefaults } from './dialplane-function.ts';
import { Provider } from './provider.ts';
import type { VoiceService } from './voice-service.ts';

export interface PhoneNumbersProps extends FunctionDefaults {
  /** E.164 numbers. */
  readonly phoneNumbers: readonly string[];
  readonly accountSid: string;
  readonly calls: CallTable;
  readonly voice: VoiceService;
}

/**
 * The first account's numbers: each is listed by the API, and with Amazon's voice service a SIP rule hands its
 * calls to the SIP media application. Neither rules nor numbers exist in CloudFormation, so both have a provider.
 */
export class PhoneNumbers extends Construct {
  /** Makes SIP rules; undefined where the voice service is not Amazon's. */
  readonly rules: Provider | undefined;

  constructor(scope: Construct, id: string, props: PhoneNumbersProps) {
    super(scope, id);
    const defaults = { logRetention: props.logRetention, tracing: props.tracing };
    const stack = Stack.of(this);
    const numbers = new Provider(this, 'NumberProvider', {
      ...defaults,
      folder: 'phone-numbers',
      description: 'Dialplane: lists a phone number under its account',
      timeoutSeconds: 60,
      environment: { TABLE_NAME: props.calls.table.tableName },
    });
    props.calls.grant(numbers, 'GetItem', 'PutItem', 'DeleteItem');
    this.rules = props.voice.principal && this.#ruleProvider(defaults);
    for (const phoneNumber of props.phoneNumbers) {
      const digits = phoneNumber.slice(1);
      const number = numbers.provide(this, `Number${digits}`, 'DialplanePhoneNumber', {
        PhoneNumber: phoneNumber,
        AccountSid: props.accountSid,
      });
      const rule = this.rules?.provide(this, `Rule${digits}`, 'SipRule', {
        Name: `${stack.stackName}-${stack.region}-${digits}`,
        PhoneNumber: phoneNumber,
        SipMediaApplicationId: props.voice.sipMediaApplicationId,
        AwsRegion: stack.region,
      });
      // A call may come as soon as there is a rule; then the number must have an account.
      rule?.node.addDependency(number);
    }
  }

  #ruleProvider(defaults: FunctionDefaults): Provider {
    const rules = new Provider(this, 'RuleProvider', {
      ...defaults,
      folder: 'sip-rule',
      description: 'Dialplane: routes what is called to the SIP media application',
      timeoutSeconds: 180,
      environment: {},
    });
    const operations = ['CreateSipRule', 'UpdateSipRule', 'DeleteSipRule', 'ListSipRules'];
    rules.allow(
      operations.map(operation => `chime:${operation}`),
      ['*'],
    );
    acknowledge(rules.ownRole, {
      'AwsSolutions-IAM5[Resource::*]': 'SIP rules have no ARN: IAM knows no resource to name for them.',
    });
    return rules;
  }
}
