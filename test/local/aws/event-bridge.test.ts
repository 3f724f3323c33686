import { EventBridgeClient, PutEventsCommand, TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BusEvent,
  createEventBridge,
  type EventBridge,
} from '../../../local/aws/event-bridge/event-bridge.ts';
import type { Front } from '../../../local/aws/front.ts';
import { clientConfig, frontWith } from './sdk.ts';

describe('EventBridge', () => {
  const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  const received: BusEvent[] = [];
  const errors: unknown[] = [];
  let eventBridge: EventBridge;
  let front: Front;
  let client: EventBridgeClient;

  beforeAll(async () => {
    eventBridge = createEventBridge({
      now: () => nowMs,
      onTargetError: (_rule, _event, error) => errors.push(error),
    });
    eventBridge.createBus('dialplane');
    eventBridge.putRule({
      busName: 'dialplane',
      name: 'subscribed',
      pattern: { source: ['dialplane'], detail: { callback: { subscribed: [true] } } },
      target: event => received.push(event),
    });
    ({ front } = await frontWith({ events: eventBridge.service }));
    client = new EventBridgeClient(clientConfig(front));
  });

  afterAll(async () => {
    client.destroy();
    await front.close();
  });

  const entry = (detail: object, more: object = {}) => ({
    Source: 'dialplane',
    DetailType: 'Call Ringing',
    Detail: JSON.stringify(detail),
    EventBusName: 'dialplane',
    ...more,
  });
  const put = (...Entries: object[]) => client.send(new PutEventsCommand({ Entries }));

  it('sends the events that match a rule to its target, whole', async () => {
    received.length = 0;
    const answer = await put(
      entry({ callback: { subscribed: true }, n: 1 }),
      entry({ callback: { subscribed: false }, n: 2 }),
      entry({ n: 3 }),
      entry({ callback: { subscribed: true }, n: 4 }, { Source: 'somebody.else' }),
    );
    expect(answer.FailedEntryCount).toBe(0);
    expect(received).toEqual([
      {
        version: '0',
        id: answer.Entries?.[0]?.EventId,
        'detail-type': 'Call Ringing',
        source: 'dialplane',
        account: '000000000000',
        time: '2026-01-02T03:04:05Z',
        region: 'us-east-1',
        resources: [],
        detail: { callback: { subscribed: true }, n: 1 },
      },
    ]);
  });

  it('takes the time that the sender gives, and the ARN of a bus for its name', async () => {
    received.length = 0;
    const EventBusName = 'arn:aws:events:us-east-1:000000000000:event-bus/dialplane';
    await put(
      entry({ callback: { subscribed: true } }, { Time: new Date('2020-02-02T02:02:02.999Z'), EventBusName }),
    );
    expect(received.map(event => event.time)).toEqual(['2020-02-02T02:02:02Z']);
  });

  it('fails the bad entries of a request and takes the good ones', async () => {
    received.length = 0;
    const answer = await put(
      entry({}, { Detail: 'no JSON' }),
      entry({}, { Detail: '[1]' }),
      entry({}, { Source: '' }),
      entry({}, { Source: 'aws.ec2' }),
      entry({ callback: { subscribed: true } }),
    );
    expect(answer.FailedEntryCount).toBe(4);
    expect(answer.Entries?.map(result => result.ErrorCode)).toEqual([
      'MalformedDetail',
      'MalformedDetail',
      'InvalidArgument',
      'NotAuthorizedForSourceException',
      undefined,
    ]);
    expect(received).toHaveLength(1);
  });

  it('accepts and drops what is sent to a bus that does not exist', async () => {
    received.length = 0;
    const answer = await put(entry({ callback: { subscribed: true } }, { EventBusName: 'nowhere' }));
    expect(answer.FailedEntryCount).toBe(0);
    expect(received).toEqual([]);
  });

  it('refuses more than ten entries and more than 256 kB', async () => {
    await expect(put(...Array(11).fill(entry({})))).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(put(entry({ text: 'x'.repeat(256 * 1024) }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('tells of a target that fails, and goes on', async () => {
    eventBridge.putRule({
      busName: 'dialplane',
      name: 'failing',
      pattern: { detail: { fail: [true] } },
      target: () => {
        throw new Error('target is down');
      },
    });
    await put(entry({ fail: true }));
    expect(errors).toEqual([new Error('target is down')]);
  });

  it('tries a pattern on an event', async () => {
    const Event = JSON.stringify({ source: 'dialplane' });
    const test = (pattern: object) =>
      client.send(new TestEventPatternCommand({ Event, EventPattern: JSON.stringify(pattern) }));
    expect((await test({ source: [{ prefix: 'dial' }] })).Result).toBe(true);
    expect((await test({ source: ['other'] })).Result).toBe(false);
    await expect(test({ source: 'dialplane' })).rejects.toMatchObject({
      name: 'InvalidEventPatternException',
    });
  });
});
