import { expect, test } from 'vitest';
import { pause, request, response, type Step } from '../sipp/scenario.ts';
import * as uac from '../sipp/uac.ts';
import * as uas from '../sipp/uas.ts';
import { fastClock } from '../support/clock.ts';
import { type EdgeCase, throughTheEdge } from './support/call.ts';
import { answers, isHungUpOn, joined, ringing } from './support/steps.ts';

const kept = { via: 'Via:', from: 'From:', to: 'To:', cseq: 'CSeq:' };
const onHold = (step: Step) => step.replaceAll('a=rtpmap:0 PCMU/8000', 'a=rtpmap:0 PCMU/8000\na=sendonly');
const held = (step: Step) => step.replaceAll('a=rtpmap:0 PCMU/8000', 'a=rtpmap:0 PCMU/8000\na=recvonly');
const okAgain = uas.reply(200, 'OK', { sdp: true, with: 'retrans="500"' });
/** 200 to the re-INVITE whose headers were kept; in the dialog its To has our tag. */
const keptOk = uas.ok().replace('To:[$to];tag=[pid]uas[call_number]', 'To:[$to]');
const trying = response(100, { optional: true });
const ended = 'ringing answered completed';
const refer = { headers: ['Refer-To: <sip:carol@127.0.0.1>'] };
const info = { headers: ['Content-Type: application/dtmf-relay'], sdp: false };

/** An INFO that carries a key. */
const key = (step: Step, digit: string) =>
  step
    .replace('Content-Length: 0', 'Content-Length: [len]')
    .replace(/\n\n+(?=\s*\]\])/, `\n\nSignal=${digit}\nDuration=160\n`);

const cases: readonly EdgeCase[] = [
  {
    name: 'hold by the caller’s re-INVITE goes on to the target, and its answer back',
    caller: [
      ...joined,
      pause(50),
      onHold(uac.ask('INVITE', 2)),
      trying,
      response(200, { must: 'a=recvonly' }),
      uac.ack(2),
      ...uac.bye(3),
    ],
    callees: [
      {
        steps: [
          ...answers,
          request('INVITE', { must: 'a=sendonly' }),
          held(okAgain),
          uas.ack,
          ...uas.byeOfPeer,
        ],
      },
    ],
    stories: [ended],
  },
  {
    name: 'hold by the target’s re-INVITE goes on to the caller, and its answer back',
    caller: [
      ...joined,
      request('INVITE', { must: 'a=sendonly' }),
      held(uac.answer(200, 'OK', { sdp: true })),
      request('ACK'),
      ...uac.byeOfPeer,
    ],
    callees: [
      {
        steps: [
          ...answers,
          pause(100),
          onHold(uas.ask('INVITE', 1)),
          trying,
          response(200, { must: 'a=recvonly' }),
          uas.ask('ACK', 1, { sdp: false }),
          ...uas.bye(2),
        ],
      },
    ],
    stories: [ended],
  },
  {
    name: 'a change of media by UPDATE goes on as UPDATE where the target takes it',
    caller: [
      ...joined,
      pause(50),
      uac.ask('UPDATE', 2, { sdp: true }),
      response(200, { must: 'm=audio 6000 RTP/AVP 0' }),
      ...uac.bye(3),
    ],
    callees: [
      {
        steps: [
          uas.invite,
          ringing,
          uas.ok({ headers: ['Allow: INVITE, ACK, BYE, CANCEL, UPDATE'] }),
          uas.ack,
          request('UPDATE', { must: 'm=audio' }),
          uas.reply(200, 'OK', { sdp: true }),
          ...uas.byeOfPeer,
        ],
      },
    ],
    stories: [ended],
  },
  {
    name: 'a re-INVITE that the target refuses is refused, and the call goes on',
    caller: [...joined, pause(50), uac.ask('INVITE', 2), trying, response(488), reAck(2), ...uac.bye(3)],
    callees: [
      {
        steps: [
          ...answers,
          request('INVITE'),
          uas.reply(488, 'Not Acceptable Here', { with: 'retrans="500"' }),
          uas.ack,
          ...uas.byeOfPeer,
        ],
      },
    ],
    stories: [ended],
  },
  {
    name: 'glare: the target’s re-INVITE meets the caller’s on the way: 491 to it, and the caller’s goes through',
    caller: [...joined, pause(50), uac.ask('INVITE', 2), trying, response(200), uac.ack(2), ...uac.byeOfPeer],
    callees: [
      {
        steps: [
          ...answers,
          request('INVITE', { keep: kept }),
          uas.ask('INVITE', 1).replaceAll('From:[$to];tag=[pid]uas[call_number]', 'From:[$to]'),
          trying,
          response(491),
          refusalAck(1),
          keptOk,
          uas.ack,
          pause(50),
          uas.ask('BYE', 2).replaceAll('From:[$to];tag=[pid]uas[call_number]', 'From:[$to]'),
          response(200),
        ],
      },
    ],
    stories: [ended],
  },
  {
    name: 'glare that the target answers with 491 is the caller’s to settle',
    caller: [
      ...joined,
      pause(50),
      uac.ask('INVITE', 2),
      trying,
      response(491),
      reAck(2),
      uac.ask('INVITE', 3),
      trying,
      response(200),
      uac.ack(3),
      ...uac.bye(4),
    ],
    callees: [
      {
        steps: [
          ...answers,
          request('INVITE'),
          uas.reply(491, 'Request Pending', { with: 'retrans="500"' }),
          uas.ack,
          request('INVITE'),
          okAgain,
          uas.ack,
          ...uas.byeOfPeer,
        ],
      },
    ],
    stories: [ended],
  },
  {
    name: 'REFER of the caller is refused, and the call goes on',
    caller: [...joined, pause(50), uac.ask('REFER', 2, refer), response(603), ...uac.bye(3)],
    callees: [{ steps: [...answers, ...uas.byeOfPeer] }],
    stories: [ended],
    assess: ({ callees: [callee] }) => expect(callee).not.toMatch(/^REFER /m),
  },
  {
    name: 'REFER of the target is refused, and the call goes on',
    caller: isHungUpOn,
    callees: [{ steps: [...answers, pause(50), uas.ask('REFER', 1, refer), response(603), ...uas.bye(2)] }],
    stories: [ended],
    assess: ({ caller }) => expect(caller).not.toMatch(/^REFER /m),
  },
  {
    name: 'REFER of the target is taken where the application takes it: 202, how it went by NOTIFY, and BYE to both',
    caller: isHungUpOn,
    callees: [
      {
        steps: [
          ...answers,
          pause(50),
          uas.ask('REFER', 1, refer),
          response(202),
          ...notified('active', 100),
          ...notified('terminated', 200),
          ...uas.byeOfPeer,
        ],
      },
    ],
    plan: { takesRefer: true },
    stories: [ended],
    assess({ caller, side }) {
      expect(caller).not.toMatch(/^REFER /m);
      expect(side.stored.report?.branches[0]?.referTo).toBe('sip:carol@127.0.0.1');
    },
  },
  {
    name: 'a key by INFO goes on to the target',
    caller: [...joined, pause(50), key(uac.ask('INFO', 2, info), '5'), response(200), ...uac.bye(3)],
    callees: [
      { steps: [...answers, request('INFO', { must: 'Signal=5' }), uas.reply(200, 'OK'), ...uas.byeOfPeer] },
    ],
    stories: [ended],
  },
  {
    name: 'a star by INFO ends the bridge where that was asked for',
    caller: [...joined, pause(50), key(uac.ask('INFO', 2, info), '*'), response(200), ...uac.byeOfPeer],
    callees: [{ steps: [...answers, ...uas.byeOfPeer] }],
    plan: { hangupOnStar: true },
    stories: [ended],
  },
  {
    name: 'the time limit ends both legs',
    caller: isHungUpOn,
    callees: [{ steps: [...answers, ...uas.byeOfPeer] }],
    plan: { timeLimitSeconds: 0.5 },
    stories: [ended],
  },
  {
    name: 'a caller that never acknowledges: its 200 again and again, then BYE to both (RFC 3261 §13.3.1.4)',
    caller: [
      uac.invite(),
      trying,
      response(180, { optional: true }),
      response(200, { with: 'rrs="true"' }),
      uac.byeAfterRetransmissions,
      uac.answer(200, 'OK'),
      pause(100),
    ],
    callees: [{ steps: [...answers.slice(0, -1), uas.ack, ...uas.byeOfPeer] }],
    edge: { clock: fastClock(20) },
    stories: [ended],
    assess: ({ caller }) => expect(caller.match(/^SIP\/2.0 200 OK/gm)?.length).toBeGreaterThan(8),
  },
  {
    name: 'a target whose ACK is lost says 200 again, and gets another',
    caller: [...joined, pause(350), ...uac.bye(2)],
    callees: [
      {
        steps: [
          uas.invite,
          ringing,
          uas.answer(200, 'OK', { sdp: true }),
          uas.ack,
          pause(200),
          uas.answer(200, 'OK', { sdp: true }),
          // SIPp takes the ACK for a repeated one and says 200 again, until the BYE comes.
          request('BYE'),
          uas.reply(200, 'OK'),
        ],
      },
    ],
    stories: [ended],
    assess: ({ callees: [callee = ''] }) => expect(callee.match(/^ACK /gm)?.length).toBeGreaterThanOrEqual(2),
  },
  {
    name: 'a target that answers BYE with 404 does not hold the caller up',
    caller: [...joined, pause(50), ...uac.bye(2)],
    callees: [{ steps: [...answers, request('BYE'), uas.reply(404, 'Not Found'), pause(50)] }],
    stories: [ended],
  },
];

/** What became of a REFER (RFC 3515 §2.4.5). */
function notified(state: string, status: number): readonly Step[] {
  return [
    request('NOTIFY', {
      must: `Event: refer;.*Subscription-State: ${state};.*Content-Type: message/sipfrag.*SIP/2.0 ${status} `,
    }),
    uas.reply(200, 'OK'),
  ];
}

/** The ACK of a refusal within the call: where the re-INVITE went, with its branch. */
function reAck(cseq: number): Step {
  return uac
    .ask('ACK', cseq)
    .replace(/Via: .*/, '[last_Via:]')
    .replace('retrans="500"', '');
}

function refusalAck(cseq: number): Step {
  return uas
    .ask('ACK', cseq, { sdp: false })
    .replace(/Via: .*/, '[last_Via:]')
    .replaceAll('From:[$to];tag=[pid]uas[call_number]', 'From:[$to]');
}

test.each(cases)('in a call through the edge: $name', throughTheEdge);
