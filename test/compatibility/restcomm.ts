/** Restcomm: `<Sip>` of RCML, and the `<Dial>` around it. */
import { expect } from 'vitest';
import type { CallbackEvent } from '../../core/call.ts';
import { screeningSession } from '../../core/screening.ts';
import type { SipTarget } from '../../core/sip-target.ts';
import type { Dial, LaidOutVerb } from '../../core/verb.ts';
import { ask, callback } from '../../dialects/restcomm/callbacks.ts';
import { ACCOUNT, aCall, anEvent, CALL, CHILD, NOW_MS, TOKEN } from '../dialects/restcomm/fixtures.ts';
import { notesOf, read, verbOf } from '../dialects/restcomm/markup/reading.ts';
import { differs, type Platform, works } from '../support/compatibility.ts';
import { dial, EngineCall, gather, HANGUP } from '../support/engine-call.ts';

const ALICE = 'sip:alice@127.0.0.1:5080';
const dialOf = (attributes: string, content = `<Sip>${ALICE}</Sip>`) =>
  verbOf(`<Dial ${attributes}>${content}</Dial>`) as Dial;
const sip = (attributes: string, address = ALICE) =>
  dialOf('', `<Sip ${attributes}>${address}</Sip>`).targets[0] as SipTarget;
const nobodyDialled = (content: string) => {
  const { verbs, notifications } = read(`<Dial>${content}</Dial>`);
  return [(verbs[0] as Dial).targets.length, notifications.map(({ code }) => code)];
};

const target = { url: 'https://example.com/here', method: 'POST' } as const;
const asked = { authToken: TOKEN, accountSid: ACCOUNT, nonce: '1'.repeat(20), nowMs: NOW_MS, target };
const CALLEE = aCall({ sid: CHILD, parentSid: CALL, direction: 'outbound-dial', to: ALICE, from: 'bob' });
const received = ({ body }: { body?: string }) => Object.fromEntries(new URLSearchParams(body));
const status = (event: CallbackEvent) =>
  received(callback({ ...asked, event: anEvent({ callback: { event } }), call: CALLEE, root: aCall() }));

/** What the screening URL is asked with. */
const screened = () =>
  received(
    ask({
      ...asked,
      call: CALLEE,
      purpose: 'screening',
      facts: { kind: 'screening', sipCallId: 'a84b4c76e66710@edge', headers: [['X-Agent', '7']] },
    }),
  );

/** What a screening document comes to, and one that follows a key: whether the callee is joined, and what is noted. */
function outcomeOf(
  verbs: LaidOutVerb[],
  afterKey?: LaidOutVerb[],
): { joined: boolean | undefined; notes: number[] } {
  const call = new EngineCall([]);
  const screening = { document: target, timeoutSeconds: 60 };
  const targets = [{ ...sip(''), screening }];
  const answered = { ...CALLEE, answeredAtMs: NOW_MS };
  const session = screeningSession(
    {
      token: 'abcdefghijklmnopqrstuvwx',
      kind: 'bridge',
      accountSid: ACCOUNT,
      dialect: 'restcomm',
      rootSid: CALL,
      calls: [answered],
      targets,
      callerId: 'bob',
      ringTimeoutSeconds: 30,
      timeLimitSeconds: 14_400,
      hangupOnStar: false,
      expiresAtMs: NOW_MS + 60_000,
    },
    { calls: [answered], branches: [{ screening: 'open' }] },
    0,
  );
  call.session = session ?? call.session;
  call.comesIn();
  call.documentArrives(verbs);
  if (afterKey === undefined) call.listEnds();
  else {
    if (call.presses('1').interrupt) call.wakes();
    call.documentArrives(afterKey);
  }
  const verdict = call.steps.findLast(step => step.verdict)?.verdict;
  return { joined: verdict?.accepted, notes: (verdict?.notifications ?? []).map(({ code }) => code) };
}

const said = (name: string, value: string) =>
  works(() => {
    expect(status('completed')[name]).toBe(value);
  });

export const restcomm: Platform = {
  title: 'Restcomm',
  source: 'Its page "SIP" of RCML.',
  claims: {
    '`<Sip>`: attributes': {
      url: works(() => {
        expect(sip('url="/screen"').screening?.document?.url).toBe('https://example.com/screen');
      }),
      timeout: works(() => {
        expect(sip('url="/screen" timeout="20"').screening?.timeoutSeconds).toBe(20);
        expect(sip('url="/screen"').screening?.timeoutSeconds).toBe(60);
      }),
      method: works(() => {
        expect(sip('url="/screen" method="GET"').screening?.document?.method).toBe('GET');
        expect(sip('url="/screen"').screening?.document?.method).toBe('POST');
      }),
      statusCallbackEvent: works(() => {
        expect(sip('statusCallback="/s" statusCallbackEvent="ringing,completed"').callback?.events).toEqual([
          'ringing',
          'completed',
        ]);
        expect(sip('statusCallback="/s"').callback?.events).toEqual([
          'initiated',
          'ringing',
          'answered',
          'completed',
        ]);
      }),
      statusCallback: works(() => {
        expect(sip('statusCallback="/s"').callback?.url).toBe('https://example.com/s');
      }),
      statusCallbackMethod: works(() => {
        expect(sip('statusCallback="/s" statusCallbackMethod="GET"').callback?.method).toBe('GET');
        expect(sip('statusCallback="/s"').callback?.method).toBe('POST');
      }),
      username: works(() => {
        expect(sip('username="alice" password="secret"').credentials?.username).toBe('alice');
      }),
      password: works(() => {
        expect(sip('username="alice" password="secret"').credentials?.password).toEqual({ clear: 'secret' });
      }),
    },
    '`<Sip>`: the address': {
      'sip:': works(() => {
        expect(sip('').uri).toBe(ALICE);
      }),
      'UDP by default': works(() => {
        expect(sip('').transport).toBe('udp');
      }),
      ';transport=tcp': works(() => {
        expect(sip('', `${ALICE};transport=tcp`).transport).toBe('tcp');
      }),
      '?mycustomheader=tata&myotherheader=toto': works(() => {
        expect(sip('', `${ALICE}?mycustomheader=tata&amp;myotherheader=toto`).headers).toEqual(
          expect.arrayContaining([
            ['X-mycustomheader', 'tata'],
            ['X-myotherheader', 'toto'],
          ]),
        );
      }),
      'address under 255 characters': works(() => {
        const of = (length: number) => `sip:${'a'.repeat(length - 'sip:@example.com'.length)}@example.com`;
        expect(sip('', of(254)).uri).toHaveLength(254);
        expect(nobodyDialled(`<Sip>${of(255)}</Sip>`)).toEqual([0, [11008]]);
      }),
      'headers under 1024 characters': works(() => {
        const of = (length: number) => `<Sip>${ALICE}?a=${'x'.repeat(length - 2)}</Sip>`;
        expect([nobodyDialled(of(1_023)), nobodyDialled(of(1_024))]).toEqual([
          [1, []],
          [0, [11008]],
        ]);
      }),
      'more than one': differs('up to ten are rung at once, as the page’s first paragraph has it', () => {
        expect(dialOf('', `<Sip>${ALICE}</Sip>`.repeat(2))).toMatchObject({
          targets: { length: 2 },
          order: 'together',
        });
      }),
      'another noun beside it': differs('they are rung together', () => {
        expect(dialOf('', `<Sip>${ALICE}</Sip><Client>ann</Client>`)).toMatchObject({
          targets: [{ kind: 'sip' }, { kind: 'client' }],
          order: 'together',
        });
      }),
    },
    '`<Dial>` around `<Sip>`': {
      record: differs('the call goes on unrecorded, with warning 1002', () => {
        expect(dialOf('record="true"')).toEqual(dialOf(''));
        expect(notesOf(`<Dial record="true"><Sip>${ALICE}</Sip></Dial>`)).toEqual([1002]);
      }),
      timeout: works(() => {
        expect(dialOf('timeout="10"').timeoutSeconds).toBe(10);
      }),
      hangupOnStar: works(() => {
        expect(dialOf('hangupOnStar="true"').hangupOnStar).toBe(true);
      }),
      callerId: works(() => {
        expect(dialOf('callerId="bob"').callerId).toBe('bob');
      }),
      method: works(() => {
        expect(dialOf('action="/handle_post_dial" method="GET"').action?.method).toBe('GET');
      }),
      action: works(() => {
        expect(dialOf('action="/handle_post_dial"').action?.url).toBe('https://example.com/handle_post_dial');
      }),
    },
    'The words of `statusCallbackEvent`': {
      initiated: works(() => {
        expect(status('initiated')['CallStatus']).toBe('initiated');
      }),
      ringing: works(() => {
        expect(status('ringing')['CallStatus']).toBe('ringing');
      }),
      answered: works(() => {
        expect(status('answered')['CallStatus']).toBe('in-progress');
      }),
      completed: works(() => {
        const words = (['busy', 'completed', 'failed', 'no-answer'] as const).map(
          word =>
            received(
              callback({
                ...asked,
                event: anEvent({ call: { status: word } }),
                call: CALLEE,
                root: aCall(),
              }),
            )['CallStatus'],
        );
        expect(words).toEqual(['busy', 'completed', 'failed', 'no-answer']);
      }),
    },
    'The request to `statusCallback`': {
      CallDuration: works(() => {
        expect(status('completed')['CallDuration']).toBe('61');
        expect(status('answered')).not.toHaveProperty('CallDuration');
      }),
      Timestamp: said('Timestamp', 'Thu, 04 Apr 2024 18:32:15 +0000'),
      CallbackSource: said('CallbackSource', 'call-progress-events'),
      SequenceNumber: works(() => {
        expect(status('completed')['SequenceNumber']).toMatch(/^\d+$/);
      }),
      ParentCallSid: said('ParentCallSid', CALL),
    },
    'The request to the `url` of `<Sip>`': {
      SipCallId: works(() => {
        expect(screened()['SipCallId']).toBe('a84b4c76e66710@edge');
      }),
      SipHeader_: works(() => {
        expect(screened()['SipHeader_X-Agent']).toBe('7');
      }),
    },
    'The document of the `url` of `<Sip>`': {
      Gather: works(() => {
        const keys = gather({ maxDigits: 1 });
        expect(outcomeOf([keys], []).joined).toBe(true);
        expect(outcomeOf([keys], [HANGUP]).joined).toBe(false);
      }),
      Hangup: works(() => {
        expect(outcomeOf([HANGUP]).joined).toBe(false);
      }),
      Dial: works(() => {
        expect(outcomeOf([dial()])).toEqual({ joined: false, notes: [13201] });
      }),
    },
  },
};
