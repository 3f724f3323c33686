import { beforeAll, describe, expect, it } from 'vitest';
import { tableDefinition } from '../../local/aws/table.ts';
import { SUBSCRIBED_CALLBACKS } from '../../local/bus-rules.ts';
import { FUNCTIONS, type FunctionName, type Resources } from '../../local/functions.ts';
import { QUEUES } from '../../local/queues.ts';
import { type Deployment, deploy, type Resource } from '../lib/deployment.ts';
import { grants } from '../lib/policies.ts';

/** What is on the laptop is what is deployed: the same tables, read from the template. */
describe('the local platform, next to the deployment', () => {
  let deployment: Deployment;

  beforeAll(() => {
    deployment = deploy({ allowedNetworks: ['10.0.0.0/8'], phoneNumbers: ['+12025550110'] });
  });

  const names = Object.keys(FUNCTIONS) as FunctionName[];
  const resources: Resources = {
    tableName: '-',
    busName: '-',
    keyId: '-',
    bucketName: '-',
    sipMediaApplicationId: '-',
    queueUrls: { outbound: '-', callbacks: '-', callbackDeadLetters: '-', timers: '-', edgeCommands: '-' },
    allowedNetworks: '-',
  };

  it.each(names)('gives %s the same memory, time and variables', name => {
    const [, { Properties }] = deployment.functionIn(name);
    const { memoryMb, timeoutSeconds, env } = FUNCTIONS[name];
    expect({ memoryMb, timeoutSeconds }).toEqual({
      memoryMb: Properties.MemorySize,
      timeoutSeconds: Properties.Timeout,
    });
    const variables = Object.keys(Properties.Environment.Variables).filter(
      variable => variable.toUpperCase() === variable,
    );
    expect(Object.keys(env(resources)).sort()).toEqual(
      variables.filter(variable => !/^(AWS|NODE|POWERTOOLS)_|^LOG_LEVEL$/.test(variable)).sort(),
    );
  });

  /** What Lambda itself does with the function's role, and the function does not. */
  const consumers = /^sqs:(ReceiveMessage|DeleteMessage|GetQueue.*)$|^(sts|logs|xray):/;

  it.each(names)('gives %s the same rights', name => {
    const [id] = deployment.functionIn(name);
    const role = id.replace(/[0-9A-F]{8}$/, '');
    const deployed = grants(deployment)
      .filter(({ policy, action }) => policy.startsWith(`${role}Role`) && !consumers.test(action))
      .map(({ action }) => action);
    expect([...FUNCTIONS[name].rights].sort()).toEqual([...new Set(deployed)].sort());
  });

  it.each(Object.entries(QUEUES))('makes the queue of %s alike', (name, { attributes }) => {
    const isIt = ([id]: [string, unknown]) => new RegExp(`^Queues${name}Queue`, 'i').test(id);
    const [, { Properties }] = deployment.of('AWS::SQS::Queue').find(isIt) as [string, Resource];
    const redrive = JSON.parse(attributes['RedrivePolicy'] ?? '');
    expect({
      VisibilityTimeout: Number(attributes['VisibilityTimeout']),
      maxReceiveCount: redrive.maxReceiveCount,
      FifoQueue: attributes['FifoQueue'] === 'true',
    }).toEqual({
      VisibilityTimeout: Properties.VisibilityTimeout,
      maxReceiveCount: Properties.RedrivePolicy.maxReceiveCount,
      FifoQueue: Properties.FifoQueue === true,
    });
  });

  it('makes the table alike', () => {
    const { Properties } = deployment.only('AWS::DynamoDB::Table');
    const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode } = tableDefinition('-');
    expect({ KeySchema, BillingMode, GlobalSecondaryIndexes }).toEqual({
      KeySchema: Properties.KeySchema,
      BillingMode: Properties.BillingMode,
      GlobalSecondaryIndexes: Properties.GlobalSecondaryIndexes,
    });
    expect(AttributeDefinitions).toEqual(expect.arrayContaining(Properties.AttributeDefinitions));
  });

  it('sends the same events to the callbacks queue', () => {
    const patterns = deployment.of('AWS::Events::Rule').map(([, { Properties }]) => Properties.EventPattern);
    expect(patterns).toContainEqual(SUBSCRIBED_CALLBACKS);
  });
});
