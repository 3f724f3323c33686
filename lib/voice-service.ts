import { Names, Stack } from 'aws-cdk-lib';
import { CfnSipMediaApplication } from 'aws-cdk-lib/aws-chime';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { DialplaneFunction } from './dialplane-function.ts';

/** A `chime-sdk-voice` API that is not Amazon's: Dialplane's own runtime of SIP media applications. */
export interface OwnVoiceService {
  /** Its base URL. */
  readonly endpoint: string;
  readonly sipMediaApplicationId: string;
}

export type CallOperation = 'CreateSipMediaApplicationCall' | 'UpdateSipMediaApplicationCall';

/** Who runs the SIP media application. The functions cannot tell: only an endpoint differs. */
export interface VoiceService {
  readonly sipMediaApplicationId: string;
  /** Amazon's service as it signs its requests to functions and buckets; undefined for an own one. */
  readonly principal?: ServicePrincipal;
  /** Lets a function make or change calls. */
  connect(caller: DialplaneFunction, ...operations: CallOperation[]): void;
}

/** Amazon's service as the principal that invokes the handler and reads audio. */
export const amazonVoice = new ServicePrincipal('voiceconnector.chime.amazonaws.com');

/** A SIP media application of Amazon's, which invokes the handler for each event of a call. */
export class AmazonVoiceService extends Construct implements VoiceService {
  readonly sipMediaApplicationId: string;
  readonly principal = amazonVoice;
  readonly #arn: string;

  constructor(scope: Construct, id: string, props: { readonly handler: DialplaneFunction }) {
    super(scope, id);
    const stack = Stack.of(this);
    props.handler.addPermission('VoiceService', { principal: amazonVoice, sourceAccount: stack.account });
    const application = new CfnSipMediaApplication(this, 'Application', {
      awsRegion: stack.region,
      // The service requires a name but does not tell applications apart by it.
      name: Names.uniqueResourceName(this, { maxLength: 256, separator: '-' }),
      endpoints: [{ lambdaArn: props.handler.functionArn }],
    });
    this.sipMediaApplicationId = application.attrSipMediaApplicationId;
    this.#arn = application.attrSipMediaApplicationArn;
  }

  connect(caller: DialplaneFunction, ...operations: CallOperation[]): void {
    caller.addEnvironment('SIP_MEDIA_APPLICATION_ID', this.sipMediaApplicationId);
    caller.allow(
      operations.map(operation => `chime:${operation}`),
      [this.#arn],
    );
  }
}

/** An own runtime: no resource of Amazon's service is made, and no right on it is given. */
export class OwnRuntime implements VoiceService {
  readonly sipMediaApplicationId: string;
  readonly #endpoint: string;

  constructor({ endpoint, sipMediaApplicationId }: OwnVoiceService) {
    this.#endpoint = endpoint;
    this.sipMediaApplicationId = sipMediaApplicationId;
  }

  connect(caller: DialplaneFunction): void {
    caller.addEnvironment('SIP_MEDIA_APPLICATION_ID', this.sipMediaApplicationId);
    caller.addEnvironment('AWS_ENDPOINT_URL_CHIME_SDK_VOICE', this.#endpoint);
  }
}
