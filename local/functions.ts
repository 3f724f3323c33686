import type { Environment } from '../aws/clients.ts';
import { createApi } from '../lambdas/api/api.ts';
import { createDeliver } from '../lambdas/deliver/deliver.ts';
import { createFetch } from '../lambdas/fetch/fetch.ts';
import type { FunctionContext } from '../lambdas/function-context.ts';
import { createOriginate } from '../lambdas/originate/originate.ts';
import { createSmaHandler } from '../lambdas/sma-handler/sma-handler.ts';
import { createTimer } from '../lambdas/timer/timer.ts';
import type { LambdaContext } from './aws/lambda/function-host.ts';

export type FunctionName = 'api' | 'sma-handler' | 'fetch' | 'originate' | 'deliver' | 'timer';

/** Makes a function of its environment, as its deployed entry point does. */
export type FunctionFactory = (
  context: FunctionContext,
) => (event: never, context: LambdaContext) => Promise<unknown>;

/** What exists by the time that functions are made. */
export interface Resources {
  tableName: string;
  busName: string;
  keyId: string;
  bucketName: string;
  sipMediaApplicationId: string;
  queueUrls: {
    outbound: string;
    callbacks: string;
    callbackDeadLetters: string;
    timers: string;
    edgeCommands: string;
  };
  /** Networks in which customers' servers may be although they are private. */
  allowedNetworks: string;
  /** Of the SIP edge; none where there is no edge. */
  edgeVoiceConnectorArn?: string;
}

export interface FunctionDefinition {
  create: FunctionFactory;
  memoryMb: number;
  timeoutSeconds: number;
  /** IAM actions that its role allows; the local services refuse the others as AWS does. */
  rights: readonly string[];
  /** Of its own; where AWS is, and who the function is there, comes on top. */
  env(resources: Resources): Environment;
}

/** What a function needs that deals with the SIP edge; nothing where there is none. */
const edgeOf = (edgeVoiceConnectorArn: string | undefined, edgeCommands: string): Environment =>
  edgeVoiceConnectorArn === undefined
    ? {}
    : {
        EDGE_VOICE_CONNECTOR_ARN: edgeVoiceConnectorArn,
        EDGE_COMMAND_QUEUE_URL: edgeCommands,
        // So that somebody who tries it out sees UPDATEs soon.
        MIN_SIP_UPDATE_SECONDS: '1',
      };

/** The functions as they are deployed: what each is made of, how large it is, how long it may take, what it is told. */
export const FUNCTIONS: Record<FunctionName, FunctionDefinition> = {
  api: {
    create: createApi,
    memoryMb: 1024,
    timeoutSeconds: 15,
    rights: [
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
      'dynamodb:DeleteItem',
      'events:PutEvents',
      'kms:Decrypt',
      'kms:Encrypt',
      'sqs:SendMessage',
      'chime:UpdateSipMediaApplicationCall',
    ],
    env: ({
      tableName,
      busName,
      keyId,
      sipMediaApplicationId,
      queueUrls,
      allowedNetworks,
      edgeVoiceConnectorArn,
    }) => ({
      TABLE_NAME: tableName,
      BUS_NAME: busName,
      OUTBOUND_QUEUE_URL: queueUrls.outbound,
      TIMER_QUEUE_URL: queueUrls.timers,
      KEY_ID: keyId,
      SIP_MEDIA_APPLICATION_ID: sipMediaApplicationId,
      ALLOWED_NETWORKS: allowedNetworks,
      ...edgeOf(edgeVoiceConnectorArn, queueUrls.edgeCommands),
    }),
  },
  'sma-handler': {
    create: createSmaHandler,
    memoryMb: 1024,
    timeoutSeconds: 10,
    rights: [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'events:PutEvents',
      'lambda:InvokeFunction',
      'sqs:SendMessage',
    ],
    env: ({ tableName, busName, queueUrls, edgeVoiceConnectorArn }) => ({
      TABLE_NAME: tableName,
      BUS_NAME: busName,
      FETCH_FUNCTION_NAME: 'fetch',
      TIMER_QUEUE_URL: queueUrls.timers,
      ...edgeOf(edgeVoiceConnectorArn, queueUrls.edgeCommands),
    }),
  },
  fetch: {
    create: createFetch,
    memoryMb: 1024,
    timeoutSeconds: 90,
    rights: [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
      'kms:Decrypt',
      'kms:Encrypt',
      's3:GetObject',
      's3:PutObject',
      's3:ListBucket',
      'chime:UpdateSipMediaApplicationCall',
    ],
    env: ({
      tableName,
      keyId,
      bucketName,
      sipMediaApplicationId,
      allowedNetworks,
      edgeVoiceConnectorArn,
    }) => ({
      TABLE_NAME: tableName,
      KEY_ID: keyId,
      AUDIO_BUCKET_NAME: bucketName,
      SIP_MEDIA_APPLICATION_ID: sipMediaApplicationId,
      ALLOWED_NETWORKS: allowedNetworks,
      ...(edgeVoiceConnectorArn !== undefined && { EDGE_VOICE_CONNECTOR_ARN: edgeVoiceConnectorArn }),
    }),
  },
  originate: {
    create: createOriginate,
    memoryMb: 256,
    timeoutSeconds: 90,
    rights: [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'events:PutEvents',
      'sqs:ChangeMessageVisibility',
      'sqs:SendMessage',
      'chime:CreateSipMediaApplicationCall',
      'chime:UpdateSipMediaApplicationCall',
    ],
    env: ({ tableName, busName, sipMediaApplicationId, queueUrls, edgeVoiceConnectorArn }) => ({
      TABLE_NAME: tableName,
      BUS_NAME: busName,
      SIP_MEDIA_APPLICATION_ID: sipMediaApplicationId,
      OUTBOUND_QUEUE_URL: queueUrls.outbound,
      TIMER_QUEUE_URL: queueUrls.timers,
      ...edgeOf(edgeVoiceConnectorArn, queueUrls.edgeCommands),
    }),
  },
  deliver: {
    create: createDeliver,
    memoryMb: 512,
    timeoutSeconds: 30,
    rights: [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'events:PutEvents',
      'kms:Decrypt',
      'sqs:ChangeMessageVisibility',
      'sqs:SendMessage',
    ],
    env: ({ tableName, busName, keyId, queueUrls, allowedNetworks }) => ({
      TABLE_NAME: tableName,
      BUS_NAME: busName,
      KEY_ID: keyId,
      CALLBACK_QUEUE_URL: queueUrls.callbacks,
      CALLBACK_DEAD_LETTER_QUEUE_URL: queueUrls.callbackDeadLetters,
      ALLOWED_NETWORKS: allowedNetworks,
    }),
  },
  timer: {
    create: createTimer,
    memoryMb: 256,
    timeoutSeconds: 30,
    rights: [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'events:PutEvents',
      'sqs:ChangeMessageVisibility',
      'chime:UpdateSipMediaApplicationCall',
    ],
    env: ({ tableName, busName, sipMediaApplicationId, queueUrls }) => ({
      TABLE_NAME: tableName,
      BUS_NAME: busName,
      TIMER_QUEUE_URL: queueUrls.timers,
      SIP_MEDIA_APPLICATION_ID: sipMediaApplicationId,
    }),
  },
};
