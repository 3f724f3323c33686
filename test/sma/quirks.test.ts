/** The reference's list of quirks, §19, and what lies between its rows. Those with a trace or a decision are tested there. */
import { describe, expect, test } from 'vitest';
import { participant } from '../../sma/contract/event.ts';
import type { LineEvents, OutgoingCall } from '../../sma/network/phone-network.ts';
import { seededRandom } from '../../sma/random.ts';
import { createSmaRuntime } from '../../sma/runtime.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import {
  ACCOUNT_NUMBER,
  ANSWERS,
  ANSWERS_LATE,
  actions,
  BUSY,
  NOTHING,
  pstn,
  Scene,
  SMA_ID,
  script,
} from './support/scene.ts';

const never = new Promise(() => {});
const speak = (Text = 'Hello.'): [string, object] => ['Speak', { Text }];

describe('a network of one phone that answers everything', () => {
  function scene(answer: (type: string) => object) {
    const clock = new VirtualClock();
    const calls: OutgoingCall[] = [];
    const events: string[] = [];
    const runtime = createSmaRuntime({
      clock,
      random: seededRandom(1),
      network: {
        dial(call: OutgoingCall, far: LineEvents) {
          calls.push(call);
          clock.after(1_000, () => far.answered());
          return { ring() {}, answer() {}, hangUp() {}, play() {}, stopPlaying() {}, sendDigits() {} };
        },
      },
      audio: async () => undefined,
      awsAccountId: '111122223333',
      region: 'us-east-1',
      options: { quotas: 'none' },
    });
    runtime.addApplication({
      sipMediaApplicationId: SMA_ID,
      numbers: [ACCOUNT_NUMBER],
      invoke: async event => {
        const legB = participant(event, 'LEG-B');
        events.push(
          `${event.InvocationEventType}${legB === undefined ? '' : ` B.To=${legB.To} B.From=${legB.From}`}`,
        );
        return answer(event.InvocationEventType);
      },
    });
    const call = (SipHeaders?: Record<string, string>) =>
      runtime.createCall({
        SipMediaApplicationId: SMA_ID,
        FromPhoneNumber: ACCOUNT_NUMBER,
        ToPhoneNumber: '+12065550100',
        ...(SipHeaders && { SipHeaders }),
      });
    return { clock, calls, events, call };
  }

  test('15, E18: header names are Xxx-Yyy on the wire', async () => {
    const { clock, calls, call } = scene(() => NOTHING);
    call({ 'X-LexInfo': 'v', diversion: 'w' });
    await clock.advance(10_000);
    expect(calls[0]?.headers).toEqual({ 'X-Lexinfo': 'v', Diversion: 'w' });
  });

  test('E15: a Voice Connector is dialled by its ARN and user part, which is the To of LEG-B', async () => {
    const Arn = 'arn:aws:chime:us-east-1:111122223333:vc/abcdefghij0123456789ab';
    const bridge = actions([
      'CallAndBridge',
      {
        CallerIdNumber: ACCOUNT_NUMBER,
        Endpoints: [{ BridgeEndpointType: 'AWS', Arn, Uri: 't-8f3a' }],
        SipHeaders: { 'X-Cp-Token': 'abc' },
      },
    ]);
    const { clock, calls, events, call } = scene(type => (type === 'CALL_ANSWERED' ? bridge : NOTHING));
    call();
    await clock.advance(10_000);
    expect(calls[1]).toEqual({
      from: ACCOUNT_NUMBER,
      to: { kind: 'voice-connector', arn: Arn, user: 't-8f3a' },
      headers: { 'X-Cp-Token': 'abc' },
    });
    expect(events).toEqual([
      'NEW_OUTBOUND_CALL',
      'CALL_ANSWERED',
      `ACTION_SUCCESSFUL B.To=t-8f3a B.From=${ACCOUNT_NUMBER}`,
    ]);
  });

  test('a phone that does not signal ringing gives no RINGING', async () => {
    const { clock, events, call } = scene(() => NOTHING);
    call();
    await clock.advance(10_000);
    expect(events).toEqual(['NEW_OUTBOUND_CALL', 'CALL_ANSWERED']);
  });
});

test('6: actions in the answer to a result of a leg that is gone are ignored', async () => {
  const scene = new Scene(
    script({
      NEW_INBOUND_CALL: actions(speak('x'.repeat(150))),
      'ACTION_SUCCESSFUL Speak': actions(speak('Still there?')),
    }),
  );
  scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
  await scene.advance(1);
  scene.handsets.hangUp(ANSWERS);
  await scene.advance(10);
  expect(scene.told.slice(1)).toEqual([
    '2 ACTION_SUCCESSFUL Speak A=Disconnected',
    '3 HANGUP (A,0) A=Disconnected',
  ]);
});

test('9: LEG-B stays up, alone, as long as nobody hangs it up; it can be spoken to', async () => {
  const scene = new Scene(
    script({ NEW_INBOUND_CALL: actions(pstn(ANSWERS)), 'HANGUP (A,0)': actions(speak('You are alone.')) }),
  );
  scene.handsets.dial(BUSY, ACCOUNT_NUMBER);
  await scene.advance(2);
  scene.handsets.hangUp(BUSY);
  await scene.advance(3_600);
  expect(scene.handsets.get(ANSWERS)).toMatchObject({
    state: 'in-call',
    heard: [{ kind: 'text', text: 'You are alone.' }],
  });
  expect(scene.told.at(-1)).toBe('4 ACTION_SUCCESSFUL Speak A=Disconnected B=Connected');
});

test('in a bridged call only the leg that is spoken to hears it, and the list is for LEG-A unless it says so', async () => {
  const scene = new Scene(
    script({
      NEW_INBOUND_CALL: actions(pstn(ANSWERS)),
      'ACTION_SUCCESSFUL CallAndBridge': actions(speak('To A.'), [
        'Speak',
        { Text: 'To B.', ParticipantTag: 'LEG-B' },
      ]),
    }),
  );
  scene.handsets.dial(BUSY, ACCOUNT_NUMBER);
  await scene.advance(10);
  expect(scene.handsets.get(BUSY).heard).toEqual([{ kind: 'text', text: 'To A.' }]);
  expect(scene.handsets.get(ANSWERS).heard).toEqual([{ kind: 'text', text: 'To B.' }]);
});

test('CallId wins over ParticipantTag', async () => {
  const scene = new Scene(event => {
    const CallId = participant(event, 'LEG-B')?.CallId;
    if (event.Sequence === 1) return actions(pstn(ANSWERS));
    return event.Sequence === 2
      ? actions(['Speak', { Text: 'To B.', ParticipantTag: 'LEG-A', CallId }])
      : NOTHING;
  });
  scene.handsets.dial(BUSY, ACCOUNT_NUMBER);
  await scene.advance(10);
  expect(scene.handsets.get(ANSWERS).heard).toEqual([{ kind: 'text', text: 'To B.' }]);
});

test('both legs can be hung up in one list', async () => {
  const scene = new Scene(
    script({
      NEW_INBOUND_CALL: actions(pstn(ANSWERS)),
      'ACTION_SUCCESSFUL CallAndBridge': actions(
        ['Hangup', { ParticipantTag: 'LEG-A' }],
        ['Hangup', { ParticipantTag: 'LEG-B' }],
      ),
    }),
  );
  scene.handsets.dial(BUSY, ACCOUNT_NUMBER);
  await scene.advance(10);
  expect(scene.told.slice(2)).toEqual([
    '3 HANGUP (A,0) A=Disconnected B=Connected',
    '4 ACTION_SUCCESSFUL Hangup A=Disconnected B=Connected',
    '5 HANGUP (B,0) A=Disconnected B=Disconnected',
  ]);
});

test('digits of a leg that has gone are not sent any more', async () => {
  const scene = new Scene(
    script({
      NEW_INBOUND_CALL: actions(pstn(ANSWERS)),
      'ACTION_SUCCESSFUL CallAndBridge': actions([
        'ReceiveDigits',
        {
          InputDigitsRegex: '.',
          InBetweenDigitsDurationInMilliseconds: 1_000,
          FlushDigitsDurationInMilliseconds: 2_000,
        },
      ]),
    }),
  );
  scene.handsets.dial(BUSY, ACCOUNT_NUMBER);
  await scene.advance(2);
  scene.handsets.press(BUSY, '1');
  scene.handsets.hangUp(BUSY);
  await scene.advance(10);
  expect(scene.told.at(-1)).toBe('4 HANGUP (A,0) A=Disconnected B=Connected');
});

test('LEG-B over the quota of legs is not answered', async () => {
  const scene = new Scene(script({ NEW_INBOUND_CALL: actions(pstn(ANSWERS_LATE)) }), {
    options: { quotas: { concurrentLegs: 1 } },
  });
  scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
  await scene.advance(10);
  expect(scene.told.at(-1)).toBe('2 ACTION_FAILED CallAndBridge CallNotAnswered A=Connected');
  expect(scene.handsets.get(ANSWERS_LATE).ringCount).toBe(0);
});

test('events wait for one another: what happens during an invocation is told after it', async () => {
  const scene = new Scene(async (event, { clock }) => {
    if (event.InvocationEventType === 'NEW_OUTBOUND_CALL')
      await new Promise<void>(done => clock.after(4_000, done));
    return NOTHING;
  });
  scene.call(ANSWERS);
  await scene.advance(3.9);
  expect(scene.told).toEqual(['1 NEW_OUTBOUND_CALL']);
  await scene.advance(1);
  expect(scene.told).toEqual(['1 NEW_OUTBOUND_CALL', '2 RINGING', '3 CALL_ANSWERED A=Connected']);
});

test.each([false, true])(
  'a call that ended during an invocation which fails is over, hangupEventOnTimeout being %s',
  async hangupEventOnTimeout => {
    const scene = new Scene(() => never, { options: { hangupEventOnTimeout } });
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(1);
    scene.handsets.hangUp(ANSWERS);
    await scene.advance(60);
    expect(scene.trace.at(-1)).toMatchObject({ kind: 'call-ended' });
    expect(scene.events.every(event => event.Sequence === 1)).toBe(true);
  },
);

test('what a handler does to its event, and to its answer later, changes nothing', async () => {
  const answer = actions(speak()) as { Actions: { Parameters: { Text?: string } }[] };
  const seen: string[] = [];
  const scene = new Scene(event => {
    seen.push(event.CallDetails.AwsAccountId);
    event.CallDetails.AwsAccountId = 'changed';
    setImmediate(() => {
      if (answer.Actions[0] !== undefined) answer.Actions[0].Parameters.Text = 'changed';
    });
    return event.Sequence === 1 ? answer : NOTHING;
  });
  scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
  await scene.advance(10);
  expect(seen).toEqual(['111122223333', '111122223333']);
  expect(scene.events[1]?.ActionData?.Parameters).toEqual({ Text: 'Hello.' });
});

test('close() ends every call without a word to its handler', async () => {
  const scene = new Scene(script({ NEW_INBOUND_CALL: actions(pstn(ANSWERS)) }));
  scene.handsets.dial(BUSY, ACCOUNT_NUMBER);
  await scene.advance(5);
  scene.runtime.close();
  await scene.advance(60);
  expect(scene.told).toHaveLength(2);
  expect(scene.handsets.list().every(({ state }) => state === 'idle')).toBe(true);
  expect(scene.clock.nextDueMs).toBeUndefined();
});

test('a call leaves no timer behind', async () => {
  const scene = new Scene(
    script({ NEW_INBOUND_CALL: actions(pstn(ANSWERS)), 'HANGUP (A,0)': actions(['Hangup']) }),
  );
  scene.handsets.dial(BUSY, ACCOUNT_NUMBER);
  await scene.advance(3);
  scene.handsets.hangUp(BUSY);
  await scene.advance(1);
  expect(scene.clock.nextDueMs).toBeUndefined();
});
