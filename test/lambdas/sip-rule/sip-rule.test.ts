import { ChimeSDKVoiceClient } from '@aws-sdk/client-chime-sdk-voice';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resourceHandler } from '../../../lambdas/custom-resource.ts';
import { type SipRuleProperties, sipRule } from '../../../lambdas/sip-rule/sip-rule.ts';
import { CloudFormation } from '../cloud-formation.ts';
import { HttpDouble, type Received, type Reply } from '../http-double.ts';

interface Rule {
  SipRuleId: string;
  Name: string;
  TriggerValue: string;
  Disabled: boolean;
  TargetApplications: { SipMediaApplicationId: string }[];
}

const refusal = (status: number, name: string, message: string): Reply => ({
  status,
  headers: { 'x-amzn-errortype': `${name}Exception` },
  body: { Code: name, Message: message },
});

/** As much of the service as rules need: a number has one rule, and an enabled rule cannot be deleted. */
class VoiceDouble {
  rules: Rule[] = [];
  /** Deletions refused although the rule is disabled. */
  refuseDeletions = 0;
  refuseAll: Reply | undefined;
  readonly #created = { count: 0 };

  reply = ({ method, path, body }: Received): Reply => {
    if (this.refuseAll) return this.refuseAll;
    const id = path.split('?')[0]?.split('/')[2];
    const rule = this.rules.find(each => each.SipRuleId === id);
    if (method === 'GET') return this.#list(path);
    if (method === 'POST') return this.#create(body);
    if (!rule) return refusal(404, 'NotFound', 'No such rule');
    if (method === 'PUT') {
      Object.assign(rule, body);
      return { status: 202, body: { SipRule: rule } };
    }
    if (!rule.Disabled || this.refuseDeletions-- > 0) return refusal(409, 'Conflict', 'The rule is in use');
    this.rules = this.rules.filter(each => each !== rule);
    return { status: 204 };
  };

  /** One rule a page, so that every search has to turn pages. */
  #list(path: string): Reply {
    const at = Number(new URL(path, 'http://double').searchParams.get('next-token') ?? 0);
    const more = at + 1 < this.rules.length && { NextToken: String(at + 1) };
    return { status: 200, body: { SipRules: this.rules.slice(at, at + 1), ...more } };
  }

  #create(body: Omit<Rule, 'SipRuleId'>): Reply {
    if (this.rules.some(rule => rule.TriggerValue === body.TriggerValue)) {
      return refusal(409, 'Conflict', 'A rule exists for this number');
    }
    const rule = { ...body, SipRuleId: `rule-${++this.#created.count}` };
    this.rules.push(rule);
    return { status: 201, body: { SipRule: rule } };
  }
}

const properties: SipRuleProperties = {
  Name: 'Dialplane-us-east-1-12025550110',
  PhoneNumber: '+12025550110',
  SipMediaApplicationId: 'sma-1',
  AwsRegion: 'us-east-1',
};

const somebodyElses: Rule = {
  SipRuleId: 'theirs',
  Name: 'Switchboard',
  TriggerValue: '+12025550199',
  Disabled: false,
  TargetApplications: [],
};

let voice: VoiceDouble;
let service: HttpDouble;
let cloudFormation: CloudFormation<SipRuleProperties>;
let sleeps: number[];

beforeEach(async () => {
  voice = new VoiceDouble();
  voice.rules.push({ ...somebodyElses });
  sleeps = [];
  service = new HttpDouble(request => voice.reply(request));
  const client = new ChimeSDKVoiceClient({
    endpoint: await service.start(),
    region: 'us-east-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  const sleep = async (ms: number) => void (ms > 0 && sleeps.push(ms));
  const clock = { now: () => 0, sleep };
  const handler = resourceHandler(sipRule({ client, clock }), { env: { LOG_LEVEL: 'silent' }, clock });
  cloudFormation = new CloudFormation(handler, properties);
  await cloudFormation.start();
});

afterEach(async () => {
  await service.stop();
  await cloudFormation.stop();
});

const ours = () => voice.rules.filter(rule => rule.SipRuleId !== 'theirs');

describe('Create', () => {
  test('makes an enabled rule for the number and names it by the id of the service', async () => {
    const answer = await cloudFormation.ask({ RequestType: 'Create' });

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'rule-1' });
    expect(answer).toMatchObject({ RequestId: 'request', LogicalResourceId: 'Resource' });
    expect(ours()).toEqual([
      {
        SipRuleId: 'rule-1',
        Name: properties.Name,
        TriggerType: 'ToPhoneNumber',
        TriggerValue: '+12025550110',
        Disabled: false,
        TargetApplications: [{ SipMediaApplicationId: 'sma-1', Priority: 1, AwsRegion: 'us-east-1' }],
      },
    ]);
  });

  test("makes a rule for a Voice Connector's host name", async () => {
    const { PhoneNumber: _, ...others } = properties;
    const ResourceProperties = { ...others, HostName: 'abc.voiceconnector.chime.aws' };
    await cloudFormation.ask({ RequestType: 'Create', ResourceProperties });

    expect(ours()).toMatchObject([
      { TriggerType: 'RequestUriHostname', TriggerValue: 'abc.voiceconnector.chime.aws', Disabled: false },
    ]);
  });

  test('asked twice, makes one rule and gives the same answer', async () => {
    const first = await cloudFormation.ask({ RequestType: 'Create' });
    const second = await cloudFormation.ask({ RequestType: 'Create' });

    expect(second).toEqual(first);
    expect(ours()).toHaveLength(1);
  });

  test('of a number with another rule fails with what to do, and its deletion touches nothing', async () => {
    voice.rules.push({ ...somebodyElses, SipRuleId: 'rule-x', TriggerValue: '+12025550110' });

    const answer = await cloudFormation.ask({ RequestType: 'Create' });
    const cleanUp = await cloudFormation.ask({
      RequestType: 'Delete',
      PhysicalResourceId: answer.PhysicalResourceId,
    });

    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('+12025550110 already has a SIP rule; delete that rule');
    expect(cleanUp.Status).toBe('SUCCESS');
    expect(ours()).toMatchObject([{ SipRuleId: 'rule-x', Disabled: false }]);
  });

  test("reports the service's own words when it refuses", async () => {
    voice.refuseAll = refusal(403, 'Forbidden', 'This account cannot use SIP media applications');

    const answer = await cloudFormation.ask({ RequestType: 'Create' });

    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: 'ForbiddenException: This account cannot use SIP media applications',
    });
  });
});

describe('Update', () => {
  beforeEach(async () => {
    await cloudFormation.ask({ RequestType: 'Create' });
  });

  test('points the same rule to another SIP media application', async () => {
    const answer = await cloudFormation.ask({
      RequestType: 'Update',
      PhysicalResourceId: 'rule-1',
      ResourceProperties: { ...properties, SipMediaApplicationId: 'sma-2' },
      OldResourceProperties: properties,
    });

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'rule-1' });
    expect(ours()).toMatchObject([{ TargetApplications: [{ SipMediaApplicationId: 'sma-2' }] }]);
  });

  test('to another number makes a new rule and leaves the old one for CloudFormation to delete', async () => {
    const answer = await cloudFormation.ask({
      RequestType: 'Update',
      PhysicalResourceId: 'rule-1',
      ResourceProperties: {
        ...properties,
        Name: 'Dialplane-us-east-1-12025550111',
        PhoneNumber: '+12025550111',
      },
      OldResourceProperties: properties,
    });

    expect(answer.PhysicalResourceId).toBe('rule-2');
    expect(ours().map(rule => rule.TriggerValue)).toEqual(['+12025550110', '+12025550111']);
  });

  test('of a rule that somebody deleted makes it again', async () => {
    voice.rules = [{ ...somebodyElses }];

    const answer = await cloudFormation.ask({ RequestType: 'Update', PhysicalResourceId: 'rule-1' });

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'rule-2' });
  });
});

describe('Delete', () => {
  const gone = { RequestType: 'Delete', PhysicalResourceId: 'rule-1' } as const;

  beforeEach(async () => {
    await cloudFormation.ask({ RequestType: 'Create' });
  });

  test('disables the rule first, then deletes it', async () => {
    const answer = await cloudFormation.ask(gone);

    expect(answer.Status).toBe('SUCCESS');
    expect(ours()).toEqual([]);
    expect(service.received.slice(-2).map(({ method }) => method)).toEqual(['PUT', 'DELETE']);
  });

  test('tries again, ever later, while the service says that the rule is in use', async () => {
    voice.refuseDeletions = 3;

    const answer = await cloudFormation.ask(gone);

    expect(answer.Status).toBe('SUCCESS');
    expect(sleeps).toEqual([1_000, 2_000, 4_000]);
  });

  test('gives up in the end with the reason', async () => {
    voice.refuseDeletions = 1_000;

    const answer = await cloudFormation.ask(gone);

    expect(answer).toMatchObject({ Status: 'FAILED', Reason: 'ConflictException: The rule is in use' });
    expect(sleeps.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(180_000);
  });

  test('of a rule that is gone is done', async () => {
    await cloudFormation.ask(gone);
    const again = await cloudFormation.ask(gone);

    expect(again.Status).toBe('SUCCESS');
  });
});

describe('The answer to CloudFormation', () => {
  test('is sent without a content type, as its URL is signed, and again when it does not arrive', async () => {
    cloudFormation.statuses.push(503, 503);

    await cloudFormation.ask({ RequestType: 'Create' });

    expect(cloudFormation.double.received).toHaveLength(3);
    expect(cloudFormation.double.received[0]?.headers['content-type']).toBeUndefined();
    expect(cloudFormation.double.received[0]?.method).toBe('PUT');
    expect(sleeps).toEqual([1_000, 5_000]);
  });

  test('that never arrives fails the invocation, so that Lambda asks once more', async () => {
    cloudFormation.statuses.push(403, 403, 403);

    await expect(cloudFormation.ask({ RequestType: 'Create' })).rejects.toThrow('answered 403');
  });
});
