import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, test } from 'vitest';
import { ACCOUNT_INDEX } from '../../aws/table.ts';
import { EVENT_SOURCE } from '../../core/event.ts';
import { tableDefinition } from '../../local/aws/table.ts';
import { deploy, referenced } from './deployment.ts';

const deployment = deploy({ phoneNumbers: ['+12025550110'] });

describe('The call table', () => {
  const { Properties, DeletionPolicy } = deployment.only('AWS::DynamoDB::Table');

  test('is paid per request, restorable to any second, encrypted, and forgets what has expired', () => {
    expect(Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
    expect(DeletionPolicy).toBe('Retain');
  });

  test("has the keys and the index of the laptop's table and of the functions", () => {
    const { TableName, AttributeDefinitions, ...local } = tableDefinition('any');

    expect(Properties).toMatchObject(local);
    expect(Properties.AttributeDefinitions).toEqual(AttributeDefinitions);
    expect(Properties.GlobalSecondaryIndexes[0].IndexName).toBe(ACCOUNT_INDEX);
    expect(TableName).toBe('any');
  });
});

describe('Functions', () => {
  const functions = deployment.of('AWS::Lambda::Function');

  test('are the six of a call and the three that provide for the deployment', () => {
    expect(functions).toHaveLength(9);
  });

  test.each(functions)(
    '%s runs on ARM64 and Node 24, traced, with a log group that forgets',
    (_, { Properties }) => {
      expect(Properties).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
        TracingConfig: { Mode: 'Active' },
        Timeout: expect.any(Number),
        MemorySize: expect.any(Number),
      });
      const logGroup =
        deployment.template.findResources('AWS::Logs::LogGroup')[
          referenced(Properties.LoggingConfig.LogGroup) ?? ''
        ];
      expect(logGroup?.['Properties'].RetentionInDays).toBe(30);
    },
  );

  test.each([
    [
      'api',
      15,
      [
        'BUS_NAME',
        'KEY_ID',
        'OUTBOUND_QUEUE_URL',
        'SIP_MEDIA_APPLICATION_ID',
        'TABLE_NAME',
        'TIMER_QUEUE_URL',
      ],
    ],
    ['sma-handler', 10, ['BUS_NAME', 'FETCH_FUNCTION_NAME', 'TABLE_NAME', 'TIMER_QUEUE_URL']],
    ['fetch', 90, ['AUDIO_BUCKET_NAME', 'KEY_ID', 'SIP_MEDIA_APPLICATION_ID', 'TABLE_NAME']],
    [
      'originate',
      90,
      ['BUS_NAME', 'OUTBOUND_QUEUE_URL', 'SIP_MEDIA_APPLICATION_ID', 'TABLE_NAME', 'TIMER_QUEUE_URL'],
    ],
    [
      'deliver',
      30,
      ['BUS_NAME', 'CALLBACK_DEAD_LETTER_QUEUE_URL', 'CALLBACK_QUEUE_URL', 'KEY_ID', 'TABLE_NAME'],
    ],
    ['timer', 30, ['BUS_NAME', 'SIP_MEDIA_APPLICATION_ID', 'TABLE_NAME', 'TIMER_QUEUE_URL']],
  ])('%s has %i seconds and is told what it needs', (folder, Timeout, variables) => {
    const [, { Properties }] = deployment.functionIn(folder);

    expect(Properties.Timeout).toBe(Timeout);
    expect(Object.keys(Properties.Environment.Variables).sort()).toEqual(variables);
  });

  test('the handler knows the fetch function by the name that it has, and may invoke only it', () => {
    const [, fetch] = deployment.functionIn('fetch');
    const [, handler] = deployment.functionIn('sma-handler');
    const policies = JSON.stringify(deployment.of('AWS::IAM::Policy'));

    expect(handler.Properties.Environment.Variables.FETCH_FUNCTION_NAME).toBe(fetch.Properties.FunctionName);
    expect(policies.match(/lambda:InvokeFunction/g)).toHaveLength(1);
    expect(policies).toContain(`:function:${fetch.Properties.FunctionName}"`);
  });

  test('reach private networks only where the deployment names them', () => {
    const open = deploy({ allowedNetworks: ['10.0.0.0/8', 'fd00::/8'] });
    const allowed = open
      .of('AWS::Lambda::Function')
      .map(([id, { Properties }]) => [id, Properties.Environment?.Variables?.ALLOWED_NETWORKS])
      .filter(([, networks]) => networks !== undefined);

    expect(allowed).toHaveLength(3);
    for (const [, networks] of allowed) expect(networks).toBe('10.0.0.0/8,fd00::/8');
  });
});

describe('Queues', () => {
  const queues = deployment.of('AWS::SQS::Queue');
  const deadLetterIds = queues.flatMap(
    ([, { Properties }]) => referenced(Properties.RedrivePolicy?.deadLetterTargetArn) ?? [],
  );

  test('three of them work, each with a dead-letter queue of its own', () => {
    const working = queues.filter(([, { Properties }]) => Properties.RedrivePolicy);

    expect(working).toHaveLength(3);
    expect(new Set(deadLetterIds).size).toBe(3);
    expect(queues).toHaveLength(6);
  });

  test.each(queues)(
    '%s is encrypted, keeps messages for 14 days and refuses plain HTTP',
    (id, { Properties }) => {
      const policies = deployment
        .of('AWS::SQS::QueuePolicy')
        .filter(([, policy]) => policy.Properties.Queues.some((queue: unknown) => referenced(queue) === id));

      expect(Properties).toMatchObject({
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: 14 * 24 * 60 * 60,
      });
      expect(policies[0]?.[1].Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
    },
  );

  test('every dead-letter queue has an alarm at its first message', () => {
    const alarmed = deployment
      .of('AWS::CloudWatch::Alarm')
      .filter(([, { Properties }]) => Properties.MetricName === 'ApproximateNumberOfMessagesVisible')
      .filter(([, { Properties }]) => Properties.Threshold === 0 && Properties.Statistic === 'Maximum')
      .map(([, { Properties }]) => JSON.stringify(Properties.Dimensions));

    for (const id of deadLetterIds) expect(alarmed.join()).toContain(id);
  });

  test.each([
    ['Outbound', 'originate', 120, 1000, undefined],
    ['Callbacks', 'deliver', 60, 20, { MaximumConcurrency: 10 }],
    ['Timers', 'timer', 60, 1000, { MaximumConcurrency: 2 }],
  ])(
    '%s is drained by %s, which gives back only what failed',
    (name, folder, visibility, receives, ScalingConfig) => {
      const found = queues.find(([id]) => id.startsWith(`Queues${name}Queue`));
      if (!found) throw new Error(`no queue ${name}`);
      const [queueId, { Properties }] = found;
      const [functionId, reader] = deployment.functionIn(folder);
      const source = deployment
        .of('AWS::Lambda::EventSourceMapping')
        .find(([, mapping]) => referenced(mapping.Properties.EventSourceArn) === queueId)?.[1].Properties;

      expect(Properties.VisibilityTimeout).toBe(visibility);
      expect(Properties.RedrivePolicy.maxReceiveCount).toBe(receives);
      expect(visibility).toBeGreaterThan(reader.Properties.Timeout);
      expect(referenced(source.FunctionName)).toBe(functionId);
      expect(source).toMatchObject({ BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] });
      expect(source.ScalingConfig).toEqual(ScalingConfig);
    },
  );

  test('only Outbound is first in, first out, and its sender names the deduplication id', () => {
    const fifo = queues.filter(([, { Properties }]) => Properties.FifoQueue);

    expect(fifo.map(([id]) => id.startsWith('QueuesOutbound'))).toEqual([true, true]);
    for (const [, { Properties }] of fifo) expect(Properties.ContentBasedDeduplication).toBe(false);
  });
});

describe('Call events', () => {
  test('are archived for 30 days on a bus that only this AWS account uses', () => {
    expect(deployment.only('AWS::Events::Archive').Properties).toMatchObject({
      EventPattern: { source: [EVENT_SOURCE] },
      RetentionDays: 30,
    });
    expect(deployment.of('AWS::Events::EventBusPolicy')).toEqual([]);
    expect(deployment.only('AWS::Events::EventBus').Properties.Policy).toBeUndefined();
  });

  test('with a subscribed callback go whole into the callbacks queue, or into its dead-letter queue', () => {
    const { EventPattern, Targets } = deployment.only('AWS::Events::Rule').Properties;

    expect(EventPattern).toEqual({ source: [EVENT_SOURCE], detail: { callback: { subscribed: [true] } } });
    expect(Targets).toHaveLength(1);
    expect(referenced(Targets[0].Arn)).toMatch(/^QueuesCallbacksQueue/);
    expect(referenced(Targets[0].DeadLetterConfig.Arn)).toMatch(/^QueuesCallbacksDeadLetters/);
    expect(Object.keys(Targets[0]).sort()).toEqual(['Arn', 'DeadLetterConfig', 'Id']);
  });
});

describe('The audio bucket', () => {
  const { Properties, DeletionPolicy } = deployment.only('AWS::S3::Bucket');
  const { Statement } = deployment.only('AWS::S3::BucketPolicy').Properties.PolicyDocument;
  const forService = Statement.filter((each: { Effect: string }) => each.Effect === 'Allow');

  test('is private, encrypted, and empties itself', () => {
    expect(Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 7, Status: 'Enabled' }] },
    });
    expect(Properties.BucketEncryption).toBeDefined();
    expect(Properties.VersioningConfiguration).toBeUndefined();
    expect(DeletionPolicy).toBe('Retain');
  });

  test('refuses plain HTTP', () => {
    expect(Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });

  test("lets the voice service read objects, and only for this AWS account's calls", () => {
    expect(forService).toEqual([
      {
        Sid: 'PlayAudio',
        Effect: 'Allow',
        Principal: { Service: 'voiceconnector.chime.amazonaws.com' },
        Action: 's3:GetObject',
        Resource: expect.anything(),
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
  });
});

describe('The voice service', () => {
  test("invokes the handler, and only for this AWS account's calls", () => {
    const [handlerId] = deployment.functionIn('sma-handler');
    const permission = deployment
      .of('AWS::Lambda::Permission')
      .find(([, { Properties }]) => Properties.Principal === 'voiceconnector.chime.amazonaws.com')?.[1];

    expect(permission?.Properties).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [handlerId, 'Arn'] },
      Principal: 'voiceconnector.chime.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
    });
    expect(deployment.only('AWS::Chime::SipMediaApplication').Properties.Endpoints).toEqual([
      { LambdaArn: { 'Fn::GetAtt': [handlerId, 'Arn'] } },
    ]);
  });

  test('has a SIP rule for each number, made after the number is listed', () => {
    const rules = deployment.template.findResources('Custom::SipRule');
    const [rule] = Object.values(rules);
    const [numberId] = Object.keys(deployment.template.findResources('Custom::DialplanePhoneNumber'));

    expect(Object.keys(rules)).toHaveLength(1);
    expect(rule).toMatchObject({
      Properties: {
        PhoneNumber: '+12025550110',
        SipMediaApplicationId: { 'Fn::GetAtt': [expect.any(String), 'SipMediaApplicationId'] },
      },
    });
    expect(rule?.['DependsOn']).toContain(numberId);
  });

  test('may be an own runtime: then no resource of Amazon’s is made, and the functions call its endpoint', () => {
    const own = deploy({
      phoneNumbers: ['+12025550110'],
      voiceService: { endpoint: 'https://sma.example.com', sipMediaApplicationId: 'own' },
    });

    expect(own.of('AWS::Chime::SipMediaApplication')).toEqual([]);
    expect(own.of('Custom::SipRule')).toEqual([]);
    expect(own.of('Custom::DialplanePhoneNumber')).toHaveLength(1);
    expect(JSON.stringify(own.template.toJSON())).not.toContain('voiceconnector.chime.amazonaws.com');
    for (const folder of ['api', 'fetch', 'originate', 'timer']) {
      expect(own.functionIn(folder)[1].Properties.Environment.Variables).toMatchObject({
        AWS_ENDPOINT_URL_CHIME_SDK_VOICE: 'https://sma.example.com',
        SIP_MEDIA_APPLICATION_ID: 'own',
      });
    }
  });
});

describe('The HTTP API', () => {
  const { Properties } = deployment.only('AWS::ApiGatewayV2::Stage');

  test('is throttled, and logs each request as JSON without a header', () => {
    const format = JSON.parse(Properties.AccessLogSettings.Format);

    expect(Properties.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
    expect(Properties.AccessLogSettings.DestinationArn).toBeDefined();
    expect(format).toMatchObject({ requestId: '$context.requestId', status: '$context.status' });
    expect(Properties.AccessLogSettings.Format).not.toMatch(/header|authoriz/i);
  });

  test('sends everything to the one function and answers no browser', () => {
    expect(deployment.only('AWS::ApiGatewayV2::Route').Properties.RouteKey).toBe('$default');
    expect(deployment.only('AWS::ApiGatewayV2::Integration').Properties.PayloadFormatVersion).toBe('2.0');
    expect(deployment.only('AWS::ApiGatewayV2::Api').Properties.CorsConfiguration).toBeUndefined();
  });
});

describe('The first account', () => {
  test('has a token that Secrets Manager makes: it is in no template', () => {
    const { Properties, DeletionPolicy } = deployment.only('AWS::SecretsManager::Secret');

    expect(Properties.GenerateSecretString).toMatchObject({ PasswordLength: 32, ExcludePunctuation: true });
    expect(Properties.SecretString).toBeUndefined();
    expect(DeletionPolicy).toBe('Retain');
  });

  test('has its token under a key that is rotated and kept', () => {
    const { Properties, DeletionPolicy } = deployment.only('AWS::KMS::Key');

    expect(Properties.EnableKeyRotation).toBe(true);
    expect(DeletionPolicy).toBe('Retain');
  });

  test('is stored again when the token version changes', () => {
    const versions = ['1', '2'].map(
      tokenVersion =>
        Object.values(deploy({ tokenVersion }).template.findResources('Custom::DialplaneAccount'))[0]?.[
          'Properties'
        ].TokenVersion,
    );

    expect(versions).toEqual(['1', '2']);
  });
});

describe('A deployment', () => {
  test('names nothing physical but the function that must be named before it exists', () => {
    const names = Object.values(deployment.template.toJSON()['Resources'] as object).flatMap(
      ({ Type, Properties }) =>
        [
          'TableName',
          'BucketName',
          'QueueName',
          'FunctionName',
          'RoleName',
          'AlarmName',
          'LogGroupName',
          'KeyName',
        ]
          .filter(name =>
            Type.endsWith('::Permission') || Type.endsWith('Mapping') ? false : Properties?.[name],
          )
          .map(name => `${Type} ${Properties[name]}`),
    );

    expect(names).toEqual([expect.stringMatching(/^AWS::Lambda::Function Dialplane-\S+-fetch$/)]);
  });

  test('tells where it is and how to use it', () => {
    expect(Object.keys(deployment.template.findOutputs('*')).sort()).toEqual([
      'AccountSid',
      'ApiUrl',
      'AudioBucketName',
      'AuthTokenSecret',
      'CallbackDeadLetterQueueUrl',
      'EventBusName',
      'RedriveCallbacks',
      'SipMediaApplicationId',
    ]);
  });

  test('tells the topic of its alarms when it has one', () => {
    const alarmTopicArn = 'arn:aws:sns:us-east-1:123456789012:alarms';
    const alarms = deploy({ alarmTopicArn }).of('AWS::CloudWatch::Alarm');

    expect(alarms).toHaveLength(4);
    for (const [, { Properties }] of alarms) expect(Properties.AlarmActions).toEqual([alarmTopicArn]);
  });

  test('deletes its data only when it was told to', () => {
    const kept = ['AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::SecretsManager::Secret'];
    const destroyed = deploy({ removalPolicy: RemovalPolicy.DESTROY });

    for (const type of kept) {
      expect(deployment.only(type).DeletionPolicy).toBe('Retain');
      expect(destroyed.only(type).DeletionPolicy).toBe('Delete');
    }
  });

  test('keeps logs as long as it is told', () => {
    const groups = deploy({ logRetention: RetentionDays.ONE_YEAR }).of('AWS::Logs::LogGroup');

    expect(groups).toHaveLength(10);
    for (const [, { Properties }] of groups) expect(Properties.RetentionInDays).toBe(365);
  });

  test('waits for its own resources no longer than a quarter of an hour', () => {
    for (const type of ['Custom::SipRule', 'Custom::DialplanePhoneNumber', 'Custom::DialplaneAccount']) {
      for (const [, { Properties }] of deployment.of(type)) {
        expect(Properties.ServiceTimeout).toBe(String(Duration.minutes(15).toSeconds()));
      }
    }
  });
});
