import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CallEvent } from '../../../core/event.ts';
import { systemRandom } from '../../../core/random.ts';
import { createSession } from '../../../core/session.ts';
import { callSidOfTransaction, childSid, newCallSid } from '../../../core/sid.ts';
import type { LaidOutVerb } from '../../../core/verb.ts';
import type { SmaResponse } from '../../../core/wire.ts';
import { createSmaHandler } from '../../../lambdas/sma-handler/sma-handler.ts';
import type { SmaEvent } from '../../../sma/contract/event.ts';
import { dial } from '../../support/engine-call.ts';
import { ServiceBench } from '../../support/service-bench.ts';
import { type Legs, smaEvent } from '../../support/sma-events.ts';

const ACCOUNT = `AC${'a'.repeat(32)}`;

describe('the SMA handler', () => {
  let bench: ServiceBench;
  let handle: ReturnType<typeof createSmaHandler>;
  let deaf: ReturnType<typeof createSmaHandler>;

  beforeAll(async () => {
    bench = await ServiceBench.start();
    handle = createSmaHandler(bench.context);
    const noBus = { AWS_ENDPOINT_URL_EVENTBRIDGE: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '1' };
    deaf = createSmaHandler({ ...bench.context, env: { ...bench.context.env, ...noBus } });
  });
  afterEach(async () => {
    bench.events.splice(0);
    bench.requests.splice(0);
    await bench.messages('timers');
  });
  afterAll(() => bench.close());

  async function queued(
    verbs: LaidOutVerb[] = [{ verb: 'Say', parts: ['Hello.'], loop: 1 }],
  ): Promise<string> {
    const { session } = createSession({
      sid: newCallSid(systemRandom),
      accountSid: ACCOUNT,
      dialect: 'signalwire',
      direction: 'outbound-api',
      to: '+12025550100',
      from: '+12025550110',
      entry: { verbs },
      nowMs: bench.clock.now(),
    });
    await bench.stores.sessions.create({ session }, bench.clock.now());
    return session.sid;
  }

  /** One transaction of the voice service: its events in their order. */
  function transaction(callSid?: string) {
    const id = randomUUID();
    let sequence = 0;
    let attributes: Record<string, string> | undefined;
    const event = (type: SmaEvent['InvocationEventType'], legs?: Legs, again = false): SmaEvent => {
      const plain = smaEvent(type, legs);
      if (!again) sequence += 1;
      return {
        ...plain,
        Sequence: sequence,
        ...(type === 'NEW_OUTBOUND_CALL' && {
          ActionData: { Type: 'CallCreateRequest', Parameters: { Arguments: { callSid } } },
        }),
        ...(type === 'HANGUP' && {
          ActionData: { Type: 'Hangup', Parameters: { SipResponseCode: 0, ParticipantTag: 'LEG-A' } },
        }),
        CallDetails: {
          ...plain.CallDetails,
          TransactionId: id,
          ...(attributes && { TransactionAttributes: attributes }),
        },
      } as SmaEvent;
    };
    return {
      id,
      async tell(type: SmaEvent['InvocationEventType'], legs?: Legs, again = false) {
        const answer = await handle(event(type, legs, again));
        attributes = answer.TransactionAttributes ?? attributes;
        return answer;
      },
      /** Nobody has answered whom that list rings. */
      async rangInVain({ Actions }: SmaResponse) {
        const plain = event('ACTION_FAILED', { a: 'Connected' });
        const ActionData = { ...Actions?.[0], ErrorType: 'CallNotAnswered' };
        const answer = await handle({ ...plain, ActionData } as SmaEvent);
        attributes = answer.TransactionAttributes ?? attributes;
        return answer;
      },
      /** The bus does not answer, and so the handler does not either, however often it is asked. */
      async isNotTold(type: SmaEvent['InvocationEventType'], legs?: Legs) {
        await expect(deaf(event(type, legs))).rejects.toThrow();
        await expect(deaf(event(type, legs, true))).rejects.toThrow();
      },
    };
  }
  const told = () =>
    bench.events.splice(0).map(event => ({ type: event['detail-type'], detail: event.detail }));

  it('names the call in the transaction’s attributes from its first answer on', async () => {
    const callSid = await queued();
    const call = transaction(callSid);
    expect(await call.tell('NEW_OUTBOUND_CALL')).toEqual({
      SchemaVersion: '1.0',
      Actions: [],
      TransactionAttributes: { callSid, told: '1' },
    });
    expect(await call.tell('CALL_ANSWERED')).toMatchObject({
      Actions: [{ Type: 'Speak' }, { Type: 'Hangup' }],
    });
  });

  it('gives the same answer and the same events to an event that comes again', async () => {
    const callSid = await queued();
    const call = transaction(callSid);
    await call.tell('NEW_OUTBOUND_CALL');
    told();
    const answer = await call.tell('CALL_ANSWERED');
    const events = told();
    bench.clock.pass(5_000);
    expect(await call.tell('CALL_ANSWERED', {}, true)).toEqual(answer);
    expect(told()).toEqual(events);
    expect(events.length).toBeGreaterThan(0);
  });

  it('tells what an event came to that it could not tell of with what the next one comes to', async () => {
    const call = transaction(await queued());
    await call.tell('NEW_OUTBOUND_CALL');
    await call.isNotTold('CALL_ANSWERED');
    await call.tell('HANGUP', { a: 'Disconnected' });
    const events = told();
    expect(events.map(({ type }) => type)).toEqual(['Call Initiated', 'Call Answered', 'Call Completed']);
    expect(events.map(({ detail }) => (detail as CallEvent['detail']).metadata.sequenceNumber)).toEqual([
      1, 2, 3,
    ]);
  });

  it('goes on meanwhile, and tells all of it as soon as it can', async () => {
    const callSid = await queued();
    const call = transaction(callSid);
    await call.tell('NEW_OUTBOUND_CALL');
    await call.isNotTold('RINGING');
    await call.isNotTold('CALL_ANSWERED');
    await call.tell('HANGUP', { a: 'Disconnected' });
    expect(told().map(({ type }) => type)).toEqual([
      'Call Initiated',
      'Call Ringing',
      'Call Answered',
      'Call Completed',
    ]);
    expect((await bench.stores.sessions.get(callSid))?.session.calls).toMatchObject([
      { status: 'completed', answeredAtMs: bench.clock.now() },
    ]);
  });

  it('tells nothing twice that it has told', async () => {
    const call = transaction(await queued());
    await call.tell('NEW_OUTBOUND_CALL');
    await call.tell('RINGING');
    const answer = await call.tell('CALL_ANSWERED');
    await call.tell('ACTION_INTERRUPTED');
    await call.tell('HANGUP', { a: 'Disconnected' });
    expect(told().map(({ type }) => type)).toEqual([
      'Call Initiated',
      'Call Ringing',
      'Call Answered',
      'Call Completed',
    ]);
    expect(answer.TransactionAttributes).toMatchObject({ told: '3' });
  });

  it('ends a call that has dialled a hundred others, and tells of the end of each', async () => {
    const callSid = await queued([dial({ numbers: Array(100).fill('+12025550107') })]);
    const call = transaction(callSid);
    await call.tell('NEW_OUTBOUND_CALL');
    let answer = await call.tell('CALL_ANSWERED', { a: 'Connected' });
    for (let n = 0; n < 100; n++) answer = await call.rangInVain(answer);
    expect(answer.Actions).toMatchObject([{ Type: 'Hangup' }]);
    await call.tell('HANGUP', { a: 'Disconnected' });

    const { session } = (await bench.stores.sessions.get(callSid)) ?? expect.unreachable();
    const calls = await bench.stores.calls.all(session);
    const sids = [callSid, ...Array.from({ length: 100 }, (_, n) => childSid(callSid, n + 1))];
    expect(session.dialledBefore).toBeGreaterThan(0);
    expect(calls.map(({ sid, endedAtMs }) => endedAtMs && sid)).toEqual(sids);
    const ended = told().filter(({ type }) => type === 'Call Completed');
    expect(ended.map(({ detail }) => (detail as CallEvent['detail']).call.sid).toSorted()).toEqual(sids);
  });

  it('says nothing new to an event that has long been overtaken', async () => {
    const callSid = await queued();
    const call = transaction(callSid);
    await call.tell('NEW_OUTBOUND_CALL');
    const { session } = (await bench.stores.sessions.get(callSid)) ?? {};
    await call.tell('CALL_ANSWERED');
    told();
    const late = smaEvent('RINGING');
    const answer = await handle({
      ...late,
      Sequence: 1,
      CallDetails: {
        ...late.CallDetails,
        TransactionId: session?.transactionId as string,
        TransactionAttributes: { callSid },
      },
    });
    expect(answer.Actions).toEqual([]);
    expect(told()).toEqual([]);
  });

  it('hangs up a second call that was placed for the same one, and leaves the first alone', async () => {
    const callSid = await queued();
    const [first, stray] = [transaction(callSid), transaction(callSid)];
    await first.tell('NEW_OUTBOUND_CALL');
    const hangUp = [{ Type: 'Hangup', Parameters: { ParticipantTag: 'LEG-A', SipResponseCode: 480 } }];
    expect((await stray.tell('NEW_OUTBOUND_CALL')).Actions).toEqual(hangUp);
    expect((await stray.tell('CALL_ANSWERED')).Actions).toEqual(hangUp);
    expect((await stray.tell('HANGUP', { a: 'Disconnected' })).Actions).toEqual([]);
    const stored = await bench.stores.sessions.get(callSid);
    expect(stored?.session).toMatchObject({ transactionId: first.id, calls: [{ status: 'initiated' }] });
    expect((await first.tell('CALL_ANSWERED')).Actions).toMatchObject([
      { Type: 'Speak' },
      { Type: 'Hangup' },
    ]);
  });

  it.each(['NEW_OUTBOUND_CALL', 'NEW_INBOUND_CALL', 'CALL_ANSWERED', 'RINGING'] as const)(
    'hangs up a call that nobody owns at its %s',
    async type => {
      expect((await transaction(newCallSid(systemRandom)).tell(type)).Actions).toMatchObject([
        { Type: 'Hangup' },
      ]);
      expect(bench.events).toEqual([]);
    },
  );

  it('names a call that came in after its transaction, and refuses it where its number has no document', async () => {
    await bench.stores.numbers.put({
      sid: `PN${'1'.repeat(32)}`,
      number: '+12025550100',
      accountSid: ACCOUNT,
      dialect: 'signalwire',
      friendlyName: 'Number',
      createdAtMs: 0,
      updatedAtMs: 0,
    });
    const call = transaction();
    const answer = await call.tell('NEW_INBOUND_CALL', { a: 'unanswered' });
    expect(answer).toMatchObject({
      Actions: [{ Type: 'Hangup', Parameters: { SipResponseCode: 480 } }],
      TransactionAttributes: { callSid: callSidOfTransaction(call.id) },
    });
    await call.tell('HANGUP', { a: 'Disconnected' });
    expect(told().map(({ type }) => type)).toEqual(['Call Ringing', 'Call Completed']);
    expect(await bench.stores.toldEnds.has(callSidOfTransaction(call.id))).toBe(true);
  });

  it('goes on from what somebody else has written meanwhile', async () => {
    const callSid = await queued();
    const call = transaction(callSid);
    await call.tell('NEW_OUTBOUND_CALL');
    // Another writer gets in between reading and writing, once.
    const stored = await bench.stores.sessions.get(callSid);
    if (stored === undefined) throw new Error('The call was not stored.');
    const answering = call.tell('CALL_ANSWERED');
    const callback = { url: 'http://127.0.0.1:9/', method: 'POST' as const, events: ['completed' as const] };
    const calls = stored.session.calls.map(each => ({ ...each, callback }));
    const other = bench.stores.sessions
      .save({ ...stored, session: { ...stored.session, calls } }, bench.clock.now())
      .catch(() => {});
    expect((await answering).Actions).toMatchObject([{ Type: 'Speak' }, { Type: 'Hangup' }]);
    await other;
    expect((await bench.stores.sessions.get(callSid))?.session.calls[0]).toMatchObject({
      status: 'in-progress',
    });
  });
});
