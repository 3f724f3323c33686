import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { withSipp } from '../sipp/run.ts';
import { pause, request, response, type Step } from '../sipp/scenario.ts';
import * as uac from '../sipp/uac.ts';
import * as uas from '../sipp/uas.ts';
import { fastClock } from '../support/clock.ts';
import { asConnector, type EdgeCase, throughTheEdge, withCallees } from './support/call.ts';
import { EdgeSide } from './support/edge.ts';
import {
  answersAndHangsUp,
  answersAndIsHungUpOn,
  ELSEWHERE,
  hangsUp,
  isCancelled,
  isHungUpOn,
  isRefused,
  redirects,
  refuses,
  ringing,
} from './support/steps.ts';

const callerCancels = [
  uac.invite(),
  response(100, { optional: true }),
  response(180),
  pause(100),
  uac.cancel(),
  response(200),
  response(487),
  uac.ackOfRefusal(),
  pause(50),
];

const cases: readonly EdgeCase[] = [
  {
    name: 'one target that answers, until the caller hangs up',
    caller: hangsUp,
    callees: [{ steps: answersAndIsHungUpOn }],
    stories: ['ringing answered completed'],
    codes: [200],
  },
  {
    name: 'one target that answers, until it hangs up',
    caller: isHungUpOn,
    callees: [{ steps: answersAndHangsUp }],
    stories: ['ringing answered completed'],
    codes: [200],
  },
  {
    name: 'one busy, one that answers, one that is cancelled as answered elsewhere',
    caller: hangsUp,
    callees: [{ steps: refuses(486) }, { steps: answersAndIsHungUpOn }, { steps: isCancelled(ELSEWHERE) }],
    stories: ['busy', 'ringing answered completed', 'ringing canceled'],
    codes: [486, 200, 487],
  },
  {
    name: 'a loser whose 200 crosses the CANCEL: it gets ACK and BYE',
    caller: [...hangsUp.slice(0, -2), pause(600), ...uac.bye(2)],
    callees: [
      { steps: answersAndIsHungUpOn },
      {
        steps: [
          uas.invite,
          ringing,
          request('CANCEL'),
          uas.reply(200, 'OK'),
          uas.ok(),
          uas.ack,
          ...uas.byeOfPeer,
        ],
      },
    ],
    stories: ['ringing answered completed', 'ringing canceled'],
    codes: [200, 487],
  },
  {
    name: 'all of them refuse: the caller gets the best code (RFC 3261 §16.7)',
    caller: isRefused(486),
    callees: [{ steps: refuses(503) }, { steps: refuses(404) }, { steps: refuses(486) }],
    stories: ['failed', 'failed', 'busy'],
    codes: [503, 404, 486],
  },
  {
    name: 'one of them declines for everybody: 6xx is the best code',
    caller: isRefused(603),
    callees: [{ steps: refuses(486) }, { steps: refuses(603) }],
    stories: ['busy', 'no-answer'],
    codes: [486, 603],
  },
  {
    name: 'nobody answers within the dial’s ring time-out: CANCEL to all, 480 inside',
    caller: isRefused(480),
    callees: [{ steps: isCancelled() }, { steps: isCancelled() }],
    plan: { ringTimeoutSeconds: 1 },
    stories: ['ringing no-answer', 'ringing no-answer'],
    codes: [487, 487],
  },
  {
    name: 'a target’s own ring time-out ends it alone',
    caller: hangsUp,
    callees: [
      { steps: isCancelled(), target: { ringTimeoutSeconds: 0.5 } },
      { steps: [uas.invite, ringing, pause(900), uas.ok(), uas.ack, ...uas.byeOfPeer] },
    ],
    stories: ['ringing no-answer', 'ringing answered completed'],
    codes: [487, 200],
  },
  {
    name: 'a target that says nothing at all: 408 after 32 s, on its own',
    caller: isRefused(408),
    callees: [],
    others: [{ uri: 'sip:nobody@127.0.0.1:9' }],
    plan: { ringTimeoutSeconds: 60 },
    edge: { clock: fastClock(40) },
    stories: ['no-answer'],
    codes: [408],
  },
  {
    name: 'the caller gives up while they ring: every branch is cancelled',
    caller: callerCancels,
    callees: [{ steps: isCancelled() }, { steps: isCancelled() }],
    stories: ['ringing canceled', 'ringing canceled'],
    codes: [487, 487],
  },
  {
    name: 'the caller’s CANCEL meets the target’s 200: the target gets ACK and BYE, the caller 487',
    caller: callerCancels,
    callees: [
      {
        steps: [
          uas.invite,
          ringing,
          request('CANCEL'),
          uas.reply(200, 'OK'),
          uas.ok(),
          uas.ack,
          ...uas.byeOfPeer,
        ],
      },
    ],
    stories: ['ringing canceled'],
    codes: [487],
  },
  {
    name: 'early media of a target goes on to the caller, and its answer after it',
    caller: [
      uac.invite(),
      response(100, { optional: true }),
      response(183, { must: 'm=audio 6000 RTP/AVP 0' }),
      response(200, { with: 'rrs="true"' }),
      uac.ack(),
      pause(100),
      ...uac.bye(2),
    ],
    callees: [
      {
        steps: [
          uas.invite,
          uas.answer(183, 'Session Progress', { sdp: true }),
          pause(100),
          uas.ok(),
          uas.ack,
          ...uas.byeOfPeer,
        ],
      },
    ],
    stories: ['ringing answered completed'],
    codes: [200],
  },
  {
    name: 'the answer after the early media of another target has a To tag of its own, and the call is in that dialog',
    caller: [
      uac.invite(),
      response(100, { optional: true }),
      response(183, { must: 'm=audio 6000 RTP/AVP 0' }),
      response(200, { with: 'rrs="true"', must: 'm=audio 6002 RTP/AVP 0' }),
      uac.ack(),
      pause(100),
      ...uac.bye(2),
    ],
    callees: [
      {
        steps: [
          uas.invite,
          uas.answer(183, 'Session Progress', { sdp: true }),
          request('CANCEL', { must: ELSEWHERE }),
          uas.reply(200, 'OK'),
          uas.answer(487, 'Request Terminated', { with: 'retrans="500"' }),
          uas.ack,
          pause(50),
        ],
      },
      {
        steps: [
          uas.invite,
          pause(200),
          uas.ok().replace('m=audio 6000', 'm=audio 6002'),
          uas.ack,
          ...uas.byeOfPeer,
        ],
      },
    ],
    stories: ['ringing canceled', 'answered completed'],
    codes: [487, 200],
    assess({ caller }) {
      const tagIn = (what: string) =>
        new RegExp(`^${what}[^]*?^To:.*?;tag=(\\S+)`, 'm').exec(caller)?.[1] ?? what;
      const [early, final] = [tagIn('SIP/2.0 183'), tagIn('SIP/2.0 200 OK')];
      expect(early).not.toBe(final);
      expect([tagIn('ACK'), tagIn('BYE')]).toEqual([final, final]);
    },
  },
  {
    name: 'a target that moves its media before it answers: PRACK, UPDATE, and an answer without a description',
    caller: [
      uac.invite(),
      response(100, { optional: true }),
      response(183, { must: 'm=audio 6000 RTP/AVP 0' }),
      response(183, { must: 'm=audio 6002 RTP/AVP 0' }),
      response(200, { with: 'rrs="true"', must: 'm=audio 6002 RTP/AVP 0' }),
      uac.ack(),
      pause(100),
      ...uac.bye(2),
    ],
    callees: [
      {
        steps: [
          uas.invite,
          uas.answer(183, 'Session Progress', {
            sdp: true,
            headers: ['Require: 100rel', 'RSeq: 7'],
            with: 'retrans="500"',
          }),
          request('PRACK', { must: 'RAck: 7 1 INVITE' }),
          uas.reply(200, 'OK'),
          uas.ask('UPDATE', 1, { sdp: true }).replace('m=audio 6000', 'm=audio 6002'),
          response(200, { must: 'm=audio 6000 RTP/AVP 0' }),
          pause(100),
          uas.ok({ sdp: false }),
          uas.ack,
          ...uas.byeOfPeer,
        ],
      },
    ],
    stories: ['ringing answered completed'],
    codes: [200],
  },
  {
    name: 'a 3xx is not followed where nobody allows it',
    caller: isRefused(480),
    callees: [{ steps: redirects('sip:elsewhere@127.0.0.1:9') }],
    stories: ['failed'],
    codes: [302],
  },
  {
    name: 'X- headers of the 200 and the Call-ID are reported before the caller has its 200',
    caller: hangsUp,
    callees: [
      {
        steps: [
          uas.invite,
          ringing,
          uas.ok({ headers: ['X-Agent: carol', 'Subject: not this one'] }),
          uas.ack,
          ...uas.byeOfPeer,
        ],
      },
    ],
    stories: ['ringing answered completed'],
    assess({ side, callees: [callee = ''] }) {
      const [branch] = side.stored.report?.branches ?? [];
      expect(branch?.headers).toEqual([['X-Agent', 'carol']]);
      expect(callee).toContain(`Call-ID: ${branch?.sipCallId}`);
    },
  },
];

test.each(cases)('SIPp calls SIPp through the edge: $name', throughTheEdge);

test('a token is good for one call only', async () => {
  await EdgeSide.run({}, side =>
    withCallees([{ steps: answersAndIsHungUpOn }], undefined, async ringing => {
      await side.plan(ringing.map(({ target }) => target));
      for (const steps of [hangsUp, isRefused(404)])
        await withSipp(
          { steps: asConnector(steps), transport: 'UDP' },
          `127.0.0.1:${side.ports.UDP}`,
          ({ done }) => done,
        );
      await side.idle();
      expect(side.stories).toEqual(['ringing answered completed']);
    }),
  );
});

/** The edge follows redirections. A call through it to a target that answers 302 with this Contact. */
async function redirected(contact: string, caller: readonly Step[], assess: (side: EdgeSide) => void) {
  await EdgeSide.run({ followRedirects: true }, side =>
    withCallees([{ steps: redirects(contact) }], undefined, async ringing => {
      await side.plan(ringing.map(({ target }) => ({ ...target, headers: [['X-Kept', 'yes']] })));
      const line = { steps: asConnector(caller), transport: 'UDP' } as const;
      await withSipp(line, `127.0.0.1:${side.ports.UDP}`, ({ done }) => done);
      await side.idle();
      assess(side);
    }),
  );
}

test('a 3xx is followed once where that is allowed: who is named there is called as the target was, and answers', async () => {
  await withCallees([{ steps: answersAndIsHungUpOn }], undefined, async ([named]) => {
    await redirected(named?.target.uri ?? '', hangsUp, ({ stories, codes }) => {
      expect(stories).toEqual(['ringing answered completed']);
      expect(codes).toEqual([200]);
    });
    expect(named?.sipp.messages()).toMatch(/^X-Kept: yes/m);
  });
});

test('a 3xx is followed once only: whom the second one names is not called', async () => {
  const third = createSocket('udp4');
  let heard = 0;
  third.on('message', () => heard++);
  await once(third.bind(0, '127.0.0.1'), 'listening');
  const contact = `sip:third@127.0.0.1:${third.address().port}`;
  await withCallees([{ steps: redirects(contact) }], undefined, async ([second]) => {
    await redirected(second?.target.uri ?? '', isRefused(480), ({ stories, codes }) => {
      expect(stories).toEqual(['failed']);
      expect(codes).toEqual([302]);
    });
  });
  third.close();
  expect(heard).toBe(0);
});
