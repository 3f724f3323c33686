import { expect, test } from 'vitest';
import { pause, request, response, type Step, send } from '../sipp/scenario.ts';
import * as uac from '../sipp/uac.ts';
import * as uas from '../sipp/uas.ts';
import { fastClock } from '../support/clock.ts';
import { type EdgeCase, throughTheEdge } from './support/call.ts';
import { hangsUp, isHungUpOn, joined } from './support/steps.ts';

/** One second here is so many of the edge's: a period of 20 s passes in half of one. */
const FACTOR = 40;
const clock = () => fastClock(FACTOR);
/** Where half a second of the edge's counts, which a busy machine is not to swallow. */
const slowerClock = () => fastClock(FACTOR / 4);
/** Where minutes count. */
const QUICK = 80;
/** What the edge's seconds last here, in milliseconds. */
const lasting = (seconds: number, factor = FACTOR) => (seconds * 1_000) / factor;

const timer = (refresher: string): readonly string[] => [
  `Session-Expires: 90;refresher=${refresher}`,
  'Require: timer',
  'Supported: timer',
  'Allow: INVITE, ACK, BYE, CANCEL, UPDATE',
];
const ended = 'answered completed';
const answers = (headers: readonly string[] = []): readonly Step[] => [
  uas.invite,
  uas.ok({ headers }),
  uas.ack,
];
const isHungUpOnLate: readonly Step[] = isHungUpOn.map(step =>
  step.replace('timeout="8000"', 'timeout="11000"'),
);

/** A caller that asks for a session timer. */
const asks = (refresher: string): readonly Step[] => [
  uac.invite(1, { headers: [`Session-Expires: 90;refresher=${refresher}`, 'Supported: timer'] }),
  response(100, { optional: true }),
  response(180, { optional: true }),
  response(200, { with: 'rrs="true"', must: `Session-Expires: *90;refresher=${refresher}` }),
  uac.ack(),
];

const sessionTimers: readonly EdgeCase[] = [
  {
    name: 'the edge refreshes the target’s dialog by UPDATE at half its time',
    caller: isHungUpOnLate,
    callees: [
      {
        steps: [
          ...answers(timer('uac')),
          ...[1, 2].flatMap(() => [
            request('UPDATE', { must: 'Session-Expires: 90;refresher=uac' }),
            uas.reply(200, 'OK', { headers: timer('uac') }),
          ]),
          ...uas.bye(1),
        ],
        target: { sessionTimeoutSeconds: 90 },
      },
    ],
    edge: { clock: fastClock(QUICK) },
    stories: [ended],
    // The inside leg has a timer of its own, or none: nothing of this is passed on.
    assess: ({ caller }) => expect(caller).not.toMatch(/^UPDATE /m),
  },
  {
    name: 'the target refreshes its dialog by UPDATE, and the call goes on past its first time',
    caller: isHungUpOnLate,
    callees: [
      {
        steps: [
          ...answers(timer('uas')),
          pause(lasting(40, QUICK)),
          uas.ask('UPDATE', 1, { headers: ['Session-Expires: 90;refresher=uac', 'Supported: timer'] }),
          response(200, { must: 'Session-Expires: *90;refresher=uac' }),
          pause(lasting(35, QUICK)),
          ...uas.bye(2),
        ],
        target: { sessionTimeoutSeconds: 90 },
      },
    ],
    edge: { clock: fastClock(QUICK) },
    stories: [ended],
  },
  {
    name: 'the target does not refresh its dialog, and both legs end',
    caller: isHungUpOnLate,
    callees: [
      {
        steps: [...answers(timer('uas')), ...uas.byeOfPeer],
        target: { sessionTimeoutSeconds: 90 },
      },
    ],
    edge: { clock: fastClock(QUICK) },
    stories: [ended],
  },
  {
    name: 'the caller refreshes its dialog by UPDATE',
    caller: [
      ...asks('uac'),
      pause(lasting(40, QUICK)),
      uac.ask('UPDATE', 2, { headers: ['Session-Expires: 90;refresher=uac', 'Supported: timer'] }),
      response(200, { must: 'Session-Expires: *90;refresher=uac' }),
      pause(lasting(35, QUICK)),
      ...uac.bye(3),
    ],
    callees: [{ steps: [...answers(), ...uas.byeOfPeer] }],
    edge: { clock: fastClock(QUICK) },
    stories: [ended],
    assess: ({ callees: [callee] }) => expect(callee).not.toMatch(/^UPDATE /m),
  },
  {
    name: 'the edge refreshes the caller’s dialog where the caller asks for it',
    caller: [
      ...asks('uas'),
      request('UPDATE', { must: 'Session-Expires: 90;refresher=uac' }),
      uac.answer(200, 'OK', { headers: timer('uac') }),
      ...uac.bye(2),
    ],
    callees: [{ steps: [...answers(), ...uas.byeOfPeer] }],
    edge: { clock: fastClock(QUICK) },
    stories: [ended],
    assess: ({ callees: [callee] }) => expect(callee).not.toMatch(/^UPDATE /m),
  },
  {
    name: 'a target that wants a longer session (422) gets it',
    caller: hangsUp,
    callees: [
      {
        steps: [
          uas.invite,
          uas.reply(422, 'Session Interval Too Small', { tag: uas.ourTag, headers: ['Min-SE: 600'] }),
          uas.ack,
          request('INVITE', {
            keep: { via: 'Via:', from: 'From:', to: 'To:', cseq: 'CSeq:' },
            with: 'rrs="true"',
            must: 'Session-Expires: 600',
          }),
          uas.ok({ headers: ['Session-Expires: 600;refresher=uac', 'Require: timer'] }),
          uas.ack,
          ...uas.byeOfPeer,
        ],
        target: { sessionTimeoutSeconds: 90 },
      },
    ],
    stories: [ended],
  },
];

test.each(sessionTimers)('session timers: $name', throughTheEdge);

const PERIOD = 20;
const update = request('UPDATE');
const ok = uas.reply(200, 'OK', { headers: ['Allow: INVITE, ACK, BYE, UPDATE'] });
const takesUpdate = answers(['Allow: INVITE, ACK, BYE, CANCEL, UPDATE']);
const wishes = { updateSeconds: PERIOD };

interface Sent {
  readonly at: number;
  readonly text: string;
}

/** Transmissions of requests of a method that SIPp has received, with when. */
function transmissions(log: string, method: string): Sent[] {
  return log
    .split(/^-{20,} /m)
    .filter(part => / message received /.test(part) && new RegExp(`^${method} sip`, 'm').test(part))
    .map(text => ({ at: Date.parse(`${text.slice(0, 23).replace(' ', 'T')}Z`), text }));
}

/** The same without repetitions, which a quick clock makes where SIPp is not quick. */
const received = (log: string, method: string) =>
  transmissions(log, method).filter((one, at, all) => cseq(one) !== cseq(all[at - 1] ?? { at: 0, text: '' }));

const field = ({ text }: Sent, name: string) =>
  new RegExp(`^${name}: *(.*?)\\r?$`, 'mi').exec(text)?.[1] ?? '';
const cseq = (sent: Sent) => Number.parseInt(field(sent, 'CSeq'), 10);
/** How long it was between two of them, in the edge's seconds. */
const between = ([one, other]: readonly Sent[]) => (((other?.at ?? 0) - (one?.at ?? 0)) * FACTOR) / 1_000;

const keepAlives: readonly EdgeCase[] = [
  {
    name: '1: 200 to each: at N, 2N and 3N, CSeq rising, with tags and Contact and no body',
    caller: isHungUpOnLate,
    callees: [{ steps: [...takesUpdate, update, ok, update, ok, update, ok, ...uas.bye(1)], target: wishes }],
    stories: [ended],
    assess({ callees: [seen = ''] }) {
      const sent = received(seen, 'UPDATE');
      const [acked] = received(seen, 'ACK');
      expect(sent).toHaveLength(3);
      const numbers = sent.map(cseq);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
      for (const one of sent) {
        expect(field(one, 'From')).toContain(';tag=');
        expect(field(one, 'To')).toContain(';tag=');
        expect(field(one, 'Contact')).toMatch(/^<sip:/);
        expect(field(one, 'Content-Length')).toBe('0');
      }
      for (const [at, one] of sent.entries())
        expect(Math.abs(between([acked as Sent, one]) - (at + 1) * PERIOD)).toBeLessThan(8);
    },
  },
  {
    name: '2: 481: BYE on both legs, and no UPDATE after it',
    caller: isHungUpOnLate,
    callees: [
      {
        steps: [
          ...takesUpdate,
          update,
          uas.reply(481, 'Call/Transaction Does Not Exist'),
          request('BYE'),
          uas.reply(481, 'Call/Transaction Does Not Exist'),
          pause(lasting(2.5 * PERIOD)),
        ],
        target: wishes,
      },
    ],
    stories: [ended],
    assess: ({ callees: [seen = ''] }) => expect(received(seen, 'UPDATE')).toHaveLength(1),
  },
  {
    name: '3: no answer: eleven transmissions over UDP in 32 s, then both legs end',
    caller: isHungUpOnLate,
    callees: [{ steps: [...takesUpdate, update, ...uas.byeOfPeer], target: wishes }],
    edge: { clock: slowerClock() },
    stories: [ended],
    assess({ callees: [seen = ''] }) {
      const sent = transmissions(seen, 'UPDATE');
      expect(sent).toHaveLength(11);
      expect(new Set(sent.map(cseq)).size).toBe(1);
    },
  },
  {
    name: '3: no answer over TCP: one transmission, then both legs end',
    caller: isHungUpOnLate,
    callees: [{ steps: [...takesUpdate, update, ...uas.byeOfPeer], transport: 'TCP', target: wishes }],
    stories: [ended],
    assess: ({ callees: [seen = ''] }) => expect(transmissions(seen, 'UPDATE')).toHaveLength(1),
  },
  {
    name: '4: 491 then 200: again after 2.1 s to 4 s, by whoever made the call',
    caller: isHungUpOnLate,
    callees: [
      {
        steps: [...takesUpdate, update, uas.reply(491, 'Request Pending'), update, ok, ...uas.bye(1)],
        target: wishes,
      },
    ],
    stories: [ended],
    assess({ callees: [seen = ''] }) {
      const waited = between(received(seen, 'UPDATE'));
      expect(waited).toBeGreaterThan(1.9);
      expect(waited).toBeLessThan(8);
    },
  },
  {
    name: '5: 422 with Min-SE 3600: at once again, with as much',
    caller: isHungUpOnLate,
    callees: [
      {
        steps: [
          uas.invite,
          uas.ok({ headers: timer('uac') }),
          uas.ack,
          request('UPDATE', { must: 'Session-Expires: 90' }),
          uas.reply(422, 'Session Interval Too Small', { headers: ['Min-SE: 3600'] }),
          request('UPDATE', { must: 'Session-Expires: 3600' }),
          uas.reply(200, 'OK', {
            headers: [
              'Session-Expires: 3600;refresher=uac',
              'Require: timer',
              'Allow: INVITE, ACK, BYE, UPDATE',
            ],
          }),
          ...uas.bye(1),
        ],
        target: { ...wishes, sessionTimeoutSeconds: 90 },
      },
    ],
    stories: [ended],
  },
  {
    name: '6: 500 with Retry-After 3: again, not sooner',
    caller: isHungUpOnLate,
    callees: [
      {
        steps: [
          ...takesUpdate,
          update,
          uas.reply(500, 'Server Internal Error', { headers: ['Retry-After: 3'] }),
          update,
          ok,
          ...uas.bye(1),
        ],
        target: wishes,
      },
    ],
    stories: [ended],
    assess({ callees: [seen = ''] }) {
      const waited = between(received(seen, 'UPDATE'));
      expect(waited).toBeGreaterThanOrEqual(2.9);
      expect(waited).toBeLessThan(PERIOD - 4);
    },
  },
  {
    name: '7: Allow without UPDATE: the first refresh is a re-INVITE with the same description',
    caller: isHungUpOnLate,
    callees: [
      {
        steps: [
          ...answers(['Allow: INVITE, ACK, BYE, CANCEL']),
          request('INVITE'),
          uas.reply(200, 'OK', {
            sdp: true,
            headers: ['Allow: INVITE, ACK, BYE, CANCEL'],
            with: 'retrans="500"',
          }),
          uas.ack,
          ...uas.bye(1),
        ],
        target: wishes,
      },
    ],
    stories: [ended],
    assess({ callees: [seen = ''], caller }) {
      const [first, again] = received(seen, 'INVITE').map(({ text }) =>
        text.slice(text.indexOf('v=0')).trim(),
      );
      expect(again).toBe(first);
      expect(received(caller, 'INVITE')).toEqual([]);
    },
  },
  ...[405, 501].map(
    (status): EdgeCase => ({
      name: `8: ${status}: the next refresh is a re-INVITE, and the call stays`,
      caller: isHungUpOnLate,
      callees: [
        {
          steps: [
            ...takesUpdate,
            update,
            uas.reply(status, 'Not That'),
            request('INVITE'),
            uas.reply(200, 'OK', { sdp: true, with: 'retrans="500"' }),
            uas.ack,
            ...uas.bye(1),
          ],
          target: wishes,
        },
      ],
      stories: [ended],
    }),
  ),
  {
    name: '9: an UPDATE of the target while ours is open gets 200, and ours its answer',
    caller: isHungUpOnLate,
    callees: [
      {
        steps: [
          ...takesUpdate,
          request('UPDATE', { keep: { viaU: 'Via:', fromU: 'From:', toU: 'To:', cseqU: 'CSeq:' } }),
          uas.ask('UPDATE', 1),
          response(200),
          send([
            'SIP/2.0 200 OK',
            'Via:[$viaU]',
            'From:[$fromU]',
            'To:[$toU]',
            'Call-ID: [call_id]',
            'CSeq:[$cseqU]',
            'Contact: <sip:sipp@[local_ip]:{port};transport={t}>',
          ]),
          ...uas.bye(2),
        ],
        target: wishes,
      },
    ],
    stories: [ended],
  },
  {
    name: '10: the target hangs up between two: no UPDATE after its BYE',
    caller: isHungUpOnLate,
    callees: [
      {
        steps: [...takesUpdate, update, ok, ...uas.bye(1), pause(lasting(1.5 * PERIOD))],
        target: wishes,
      },
    ],
    stories: [ended],
    assess: ({ callees: [seen = ''] }) => expect(received(seen, 'UPDATE')).toHaveLength(1),
  },
  {
    name: '11: asked for on the target’s leg only: nothing on the other',
    caller: isHungUpOnLate,
    callees: [{ steps: [...takesUpdate, update, ok, update, ok, ...uas.bye(1)], target: wishes }],
    stories: [ended],
    assess: ({ caller }) => expect(caller).not.toMatch(/^UPDATE /m),
  },
  {
    name: '12: another period on each leg: each on its own',
    caller: [
      ...joined.map(step =>
        step.replace('Contact: <sip:sipp@', 'Allow: INVITE, ACK, BYE, CANCEL, UPDATE\nContact: <sip:sipp@'),
      ),
      request('UPDATE'),
      uac.answer(200, 'OK'),
      request('BYE'),
      uac.answer(200, 'OK'),
      pause(200),
    ],
    callees: [{ steps: [...takesUpdate, update, ok, update, ok, ...uas.bye(1)], target: wishes }],
    edge: { clock: clock(), insideTimer: { keepAliveSeconds: 1.5 * PERIOD } },
    stories: [ended],
    assess({ callees: [callee = ''], caller }) {
      expect(Math.abs(between(received(callee, 'UPDATE')) - PERIOD)).toBeLessThan(8);
      expect(received(caller, 'UPDATE')).toHaveLength(1);
    },
  },
  {
    name: '13: 401: repeated with credentials',
    caller: isHungUpOnLate,
    callees: [
      {
        steps: [
          ...takesUpdate,
          update,
          uas.reply(401, 'Unauthorized', {
            headers: ['WWW-Authenticate: Digest realm="sipp", nonce="1234", algorithm=MD5, qop="auth"'],
          }),
          request('UPDATE', { must: 'Authorization: Digest username=.kate., realm=.sipp.' }),
          ok,
          ...uas.bye(1),
        ],
        target: { ...wishes, credentials: { username: 'kate', password: { clear: 's3cret' } } },
      },
    ],
    stories: [ended],
  },
  {
    name: '14: 200 with another Contact: the next UPDATE and the BYE go there',
    caller: [...joined, pause(lasting(2.6 * PERIOD)), ...uac.bye(2)],
    callees: [
      {
        steps: [
          ...takesUpdate,
          request('UPDATE', { must: 'UPDATE sip:sipp@' }),
          ok.replace('sip:sipp@', 'sip:moved@'),
          request('UPDATE', { must: 'UPDATE sip:moved@' }),
          ok.replace('sip:sipp@', 'sip:moved@'),
          request('BYE', { must: 'BYE sip:moved@' }),
          uas.reply(200, 'OK'),
          pause(100),
        ],
        target: wishes,
      },
    ],
    stories: [ended],
  },
];

test.each(keepAlives.map(one => ({ ...one, edge: one.edge ?? { clock: clock() } })))(
  'periodic UPDATE, matrix row $name',
  throughTheEdge,
);
