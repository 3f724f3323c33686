import { Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { acknowledge } from '../../lib/acknowledge.ts';
import { addChecks } from '../../lib/checks.ts';
import { DialplaneStack } from '../../lib/dialplane-stack.ts';
import { testApp } from './deployment.ts';

const own = { endpoint: 'https://sma.example.com', sipMediaApplicationId: 'own' };

describe.each([
  ['by default', {}],
  [
    'with numbers and an alarm topic',
    {
      phoneNumbers: ['+12025550110', '+12025550111'],
      alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms',
    },
  ],
  ['with an own runtime', { voiceService: own }],
  ['without tracing', { tracing: false }],
  ['with the way to a SIP edge', { sipEdge: true }],
])('A deployment %s', (_, props) => {
  test.each([AwsSolutionsChecks, ServerlessChecks])('leaves no finding of %o unacknowledged', Pack => {
    const app = testApp();
    new DialplaneStack(app, 'Dialplane', props);

    expect(new Pack(app).validateScope(app).violations).toEqual([]);
  });
});

test('Every acknowledgement gives a reason that is a sentence', () => {
  const app = testApp();
  const stack = new DialplaneStack(app, 'Dialplane', { phoneNumbers: ['+12025550110'] });
  const reasons = stack.node
    .findAll()
    .flatMap(construct => construct.node.metadata)
    .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
    .flatMap(({ data }) => Object.values(data as Record<string, string>));

  expect(reasons.length).toBeGreaterThan(20);
  for (const reason of reasons) expect(reason).toMatch(/^[A-Z‘“].{30,}\.$/);
});

describe('synth', () => {
  test('fails on a finding that nobody acknowledged', () => {
    const app = testApp();
    new Bucket(new Stack(app, 'Careless'), 'Bucket');
    addChecks(app);

    expect(() => app.synth()).toThrow('The S3 Bucket has server access logs disabled');
  });

  test('fails again when an acknowledgement names another finding', () => {
    const app = testApp();
    const bucket = new Bucket(new Stack(app, 'Careless'), 'Bucket', { enforceSSL: true });
    acknowledge(bucket, { 'AwsSolutions-S2': 'It is not this finding that the bucket has.' });

    const { violations } = new AwsSolutionsChecks(app).validateScope(app);

    expect(violations.map(({ ruleName }) => ruleName)).toEqual(['AwsSolutions-S1']);
  });
});
