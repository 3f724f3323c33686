import { describe, expect, test } from 'vitest';
import { deploy } from './deployment.ts';
import { type Grant, grants, hasWildcard } from './policies.ts';

/** What may be granted with a wildcard, and why there is no other way. */
const exceptions: Record<string, (grant: Grant) => boolean> = {
  'X-Ray has no resources to name': ({ action, resource }) =>
    resource === '*' && /^xray:Put(TraceSegments|TelemetryRecords)$/.test(action),
  'SIP rules have no ARN': ({ policy, action, resource }) =>
    policy.startsWith('PhoneNumbersRuleProvider') &&
    resource === '*' &&
    /^chime:(Create|Update|Delete|List)SipRules?$/.test(action),
  'copies of audio are named by their URLs': ({ action, resource }) =>
    /^<Audio\w+\.Arn>\/\*$/.test(resource) && /^s3:(Get|Put)Object$/.test(action),
  "in a key's own policy * is that key, and the AWS account administers it": ({
    policy,
    resource,
    principals,
  }) => policy.startsWith('TokenKey') && resource === '*' && principals.endsWith(':root'),
};

const own = { endpoint: 'https://sma.example.com', sipMediaApplicationId: 'own' };
const variants = {
  "with Amazon's voice service and numbers": { phoneNumbers: ['+12025550110'] },
  'with an own runtime': { phoneNumbers: ['+12025550110'], voiceService: own },
  'without tracing': { tracing: false },
};

describe.each(Object.entries(variants))('A deployment %s', (_, props) => {
  const deployment = deploy(props);
  const granted = grants(deployment);

  test('grants nothing by a wildcard but what the list of exceptions explains', () => {
    const wild = granted.filter(hasWildcard);

    expect(granted.length).toBeGreaterThan(60);
    expect(wild.filter(grant => !Object.values(exceptions).some(isOne => isOne(grant)))).toEqual([]);
  });

  test('lets nobody in that it does not name', () => {
    expect(granted.filter(({ principals }) => principals.includes('*'))).toEqual([]);
  });

  test('gives each function a role of its own and no managed policy', () => {
    const roles = deployment
      .of('AWS::Lambda::Function')
      .map(([, { Properties }]) => JSON.stringify(Properties.Role));

    expect(new Set(roles).size).toBe(roles.length);
    for (const [, { Properties }] of deployment.of('AWS::IAM::Role')) {
      expect(Properties.ManagedPolicyArns).toBeUndefined();
    }
  });
});

describe('The walker', () => {
  const walk = (statement: object) =>
    grants({ template: { toJSON: () => ({ Resources: { P: { Properties: { statement } } } }) } } as never);

  test.each([
    { Effect: 'Allow', Action: 's3:*', Resource: 'b' },
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:Get*'], Resource: 'b' },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: ['b', { 'Fn::Join': ['', [{ Ref: 'B' }, '/*']] }] },
    { Effect: 'Allow', NotAction: 'iam:PassRole', Resource: 'b' },
    { Effect: 'Allow', Action: 's3:GetObject', NotResource: 'b' },
  ])('sees the wildcard in %j', statement => {
    expect(walk(statement).some(hasWildcard)).toBe(true);
  });

  test('sees none in named actions on named resources', () => {
    const named = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: { 'Fn::GetAtt': ['B', 'Arn'] } };

    expect(walk(named).map(hasWildcard)).toEqual([false]);
  });

  test('sees everyone as a principal', () => {
    const open = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'b' };

    expect(walk({ ...open, Principal: '*' })[0]?.principals).toBe('*');
    expect(walk({ ...open, Principal: { AWS: '*' } })[0]?.principals).toBe('*');
  });
});

/** All that each function may do, beside its logs, its traces, and what SQS grants bring along. */
const rights: Record<string, string[]> = {
  FunctionsSmaHandler: [
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'events:PutEvents',
    'lambda:InvokeFunction',
    'sqs:SendMessage',
  ],
  FunctionsApi: [
    'chime:UpdateSipMediaApplicationCall',
    'dynamodb:BatchGetItem',
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'events:PutEvents',
    'kms:Decrypt',
    'kms:Encrypt',
    'sqs:SendMessage',
  ],
  FunctionsFetch: [
    'chime:UpdateSipMediaApplicationCall',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'kms:Decrypt',
    'kms:Encrypt',
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
  ],
  FunctionsOriginate: [
    'chime:CreateSipMediaApplicationCall',
    'chime:UpdateSipMediaApplicationCall',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'events:PutEvents',
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:ReceiveMessage',
    'sqs:SendMessage',
  ],
  FunctionsDeliver: [
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'events:PutEvents',
    'kms:Decrypt',
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:ReceiveMessage',
    'sqs:SendMessage',
  ],
  FunctionsTimer: [
    'chime:UpdateSipMediaApplicationCall',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'events:PutEvents',
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:ReceiveMessage',
  ],
  FirstAccountProvider: [
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'kms:Encrypt',
    'secretsmanager:GetSecretValue',
  ],
  PhoneNumbersNumberProvider: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
  PhoneNumbersRuleProvider: [
    'chime:CreateSipRule',
    'chime:DeleteSipRule',
    'chime:ListSipRules',
    'chime:UpdateSipRule',
  ],
};

const always = /^(sts:AssumeRole|logs:(CreateLogStream|PutLogEvents)|xray:.*|sqs:GetQueue(Attributes|Url))$/;

test('Each function may do what its work needs and no more', () => {
  const all = grants(deploy({ phoneNumbers: ['+12025550110'] }));
  const actual = Object.keys(rights).map(id => {
    const actions = all.filter(({ policy }) => policy.startsWith(`${id}Role`)).map(({ action }) => action);
    return [id, [...new Set(actions.filter(action => !always.test(action)))].sort()];
  });

  expect(Object.fromEntries(actual)).toEqual(rights);
});

test('With an own runtime nobody may use Amazon’s voice service', () => {
  const chime = grants(deploy({ phoneNumbers: ['+12025550110'], voiceService: own })).filter(({ action }) =>
    action.startsWith('chime:'),
  );

  expect(chime).toEqual([]);
});
