import { describe, expect, it } from 'vitest';
import { createResponse } from '../../sip/message/create.ts';
import type { IncomingInvitation } from '../../sip/user-agent.ts';
import {
  answerAt,
  answeringPhone,
  childSid,
  EdgeStage,
  OUTSIDE,
  phoneAddress,
  refusingPhone,
  ringingPhone,
  TOKEN,
} from './support/edge-stage.ts';

const codes = (stage: EdgeStage) => stage.responsesInside.map(({ status }) => status).filter(s => s >= 200);
const branches = (stage: EdgeStage) => stage.plans.reports.at(-1)?.branches ?? [];

describe('a fork of three: one busy, one winner, one cancelled', () => {
  async function forked() {
    const stage = await EdgeStage.open();
    const winner = answeringPhone(stage, 2);
    await stage.phone(1, refusingPhone(486));
    await stage.phone(2, winner);
    await stage.phone(3, ringingPhone());
    await stage.plan([{}, {}, {}]);
    const call = stage.call();
    await stage.clock.advance(3_000);
    return { stage, call, winner };
  }

  it('calls all of them at once', async () => {
    const { stage } = await forked();
    expect(stage.outsideLadder.slice(0, 3)).toEqual(['edge INVITE', 'edge INVITE', 'edge INVITE']);
  });

  it('joins the first that answers and cancels the rest with a Reason', async () => {
    const { stage, call } = await forked();
    expect(call.session?.remoteSdp).toContain(phoneAddress(2));
    const [cancel] = stage.requestsTo(3, 'CANCEL');
    expect(cancel?.headers.get('Reason')).toBe('SIP;cause=200;text="Call completed elsewhere"');
    expect([stage.requestsTo(1, 'CANCEL'), stage.requestsTo(2, 'CANCEL')]).toEqual([[], []]);
    // The refusal and the 487 are acknowledged.
    expect(stage.requestsTo(1, 'ACK')).toHaveLength(1);
    expect(stage.requestsTo(3, 'ACK')).toHaveLength(1);
  });

  it('tells each branch’s end once, with its own outcome and code', async () => {
    const { stage, call } = await forked();
    call.session?.bye();
    await stage.clock.advance(40_000);
    expect(stage.told.filter(line => line.includes('completed')).sort()).toEqual([
      '1 completed busy',
      '2 completed completed',
      '3 completed canceled',
    ]);
    expect(branches(stage).map(({ sipCode }) => sipCode)).toEqual([486, 200, 487]);
    expect(stage.events.map(({ detail }) => detail.metadata.id)).toEqual([
      ...new Set(stage.events.map(({ detail }) => detail.metadata.id)),
    ]);
  });

  it('numbers each call’s events in their order, and what its subscriber gets beside', async () => {
    const { stage, call } = await forked();
    call.session?.bye();
    await stage.clock.advance(40_000);
    const winner = stage.events.filter(({ detail }) => detail.call.sid.endsWith('2'));
    expect(winner.map(({ detail }) => detail.metadata.sequenceNumber)).toEqual([1, 2, 3]);
    expect(winner.map(({ detail }) => detail.callback?.sequenceNumber)).toEqual([1, 2, 3]);
  });
});

describe('nobody answers', () => {
  it('by the dial’s time-out: CANCEL to all, 480 inside, no-answer with 487', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, ringingPhone());
    await stage.phone(2, ringingPhone());
    await stage.plan([{}, {}], { ringTimeoutSeconds: 10 });
    const call = stage.call();
    await stage.clock.advance(9_999);
    expect(call.failed).toBeUndefined();
    await stage.clock.advance(1_000);
    expect(call.failed?.status).toBe(480);
    expect([stage.requestsTo(1, 'CANCEL'), stage.requestsTo(2, 'CANCEL')].map(all => all.length)).toEqual([
      1, 1,
    ]);
    expect(branches(stage)).toMatchObject([
      { sipCode: 487, ringMs: 10_000 },
      { sipCode: 487, ringMs: 10_000 },
    ]);
    expect(stage.told.slice(-2)).toEqual(['1 completed no-answer', '2 completed no-answer']);
  });

  it('by a target’s own time-out: that branch alone is cancelled', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, ringingPhone());
    await stage.phone(2, answeringPhone(stage, 2, { afterMs: 8_000 }));
    await stage.plan([{ ringTimeoutSeconds: 5 }, {}]);
    const call = stage.call();
    await stage.clock.advance(6_000);
    expect(stage.told.at(-1)).toBe('1 completed no-answer');
    await stage.clock.advance(4_000);
    expect(call.session).toBeDefined();
  });

  it('by its owner, who gives one up: that branch alone is cancelled, and the others ring on', async () => {
    const stage = await EdgeStage.open();
    const phones = [ringingPhone(), ringingPhone()] as const;
    for (const [at, phone] of phones.entries()) await stage.phone(at + 1, phone);
    const { calls, token } = await stage.plan([{}, {}]);
    const { sid = '' } = calls[0] ?? {};
    stage.call();
    await stage.clock.advance(1_000);
    stage.edge.drop('another', sid, 'canceled');
    stage.edge.drop(token, 'CAanother', 'canceled');
    await stage.clock.advance(500);
    expect([1, 2].map(n => stage.requestsTo(n, 'CANCEL').length)).toEqual([0, 0]);
    stage.edge.drop(token, sid, 'canceled');
    await stage.clock.advance(500);
    expect([1, 2].map(n => stage.requestsTo(n, 'CANCEL').length)).toEqual([1, 0]);
    expect(stage.told.at(-1)).toBe('1 completed canceled');
    expect(stage.events.at(-1)?.detail.call.end).toEqual({ by: 'api', reason: 'canceled' });
  });

  it.each<[string, (stage: EdgeStage) => Promise<unknown>]>([
    ['before the edge has the plan', ({ plans }) => plans.drop(TOKEN, childSid(1), 'canceled')],
    [
      'while the edge claims the plan',
      async ({ plans, edge }) => {
        plans.before = async what => {
          await Promise.resolve();
          if (what === 'claim') edge.drop(TOKEN, childSid(1), 'canceled');
        };
      },
    ],
  ])(
    'by its owner, who gives one up %s: that branch is never called, and the others are',
    async (_, drop) => {
      const stage = await EdgeStage.open();
      for (const n of [1, 2]) await stage.phone(n, ringingPhone());
      await stage.plan([{}, {}]);
      await drop(stage);
      stage.call();
      await stage.clock.advance(1_000);
      expect([1, 2].map(n => stage.requestsTo(n, 'INVITE').length)).toEqual([0, 1]);
      expect(stage.told).toContain('1 completed canceled');
    },
  );

  it('with the best code, after the report is written', async () => {
    const stage = await EdgeStage.open();
    for (const [index, status] of [404, 486, 503].entries())
      await stage.phone(index + 1, refusingPhone(status));
    await stage.plan([{}, {}, {}]);
    const call = stage.call();
    let written: number | undefined;
    call.outgoing.on('failed', () => {
      written = stage.plans.reports.at(-1)?.calls.filter(({ endedAtMs }) => endedAtMs !== undefined).length;
    });
    await stage.clock.advance(1_000);
    expect([call.failed?.status, written]).toEqual([486, 3]);
    expect(stage.told.sort()).toEqual(['1 completed failed', '2 completed busy', '3 completed failed']);
  });

  it('where nobody listens: no-answer with 408 after 64·T1, however long it may ring', async () => {
    const stage = await EdgeStage.open();
    await stage.plan([{}], { ringTimeoutSeconds: 60 });
    const call = stage.call();
    await stage.clock.advance(33_000);
    expect([call.failed?.status, branches(stage)[0]?.sipCode]).toEqual([408, 408]);
    expect(stage.told).toEqual(['1 completed no-answer']);
  });

  it('where no connection can be made: failed with 503, and 500 inside', async () => {
    const stage = await EdgeStage.open();
    await stage.plan([{ transport: 'tcp' }]);
    const call = stage.call();
    await stage.clock.advance(1_000);
    expect([call.failed?.status, branches(stage)[0]?.sipCode]).toEqual([500, 503]);
    expect(stage.told).toEqual(['1 completed failed']);
  });
});

describe('a target that answers from nowhere', () => {
  const answering = async (contact: string, refusal?: string) => {
    const stage = await EdgeStage.open({ targets: { refusal: address => refusedIf(address === refusal) } });
    const peer = await stage.peer(phoneAddress(1));
    peer.onMessage = message => {
      if (!message.isRequest || message.method !== 'INVITE') return;
      const body = { contentType: 'application/sdp', body: answerAt(phoneAddress(1)) };
      void peer.send(createResponse(message, 200, undefined, { toTag: 'x', contact, ...body }), OUTSIDE);
    };
    await stage.plan([{}]);
    const call = stage.call();
    await stage.clock.advance(1_000);
    return { stage, call };
  };
  const refusedIf = (isRefused: boolean) => (isRefused ? { reason: 'private' } : undefined);

  it.each(['<sip:x@10.2.0.1:0>', '<sip:x@10.2.0.1;maddr=10.9.9.9>', '<tel:+15550100>'])(
    'as by %s has failed with 503, and its caller with 500',
    async contact => {
      const { stage, call } = await answering(contact, '10.9.9.9');
      expect([call.failed?.status, branches(stage)[0]?.sipCode]).toEqual([500, 503]);
      expect(stage.told).toEqual(['1 completed failed']);
      expect([stage.edge.calls, stage.edge.outside.sessions]).toEqual([0, []]);
    },
  );
});

/** Every outcome word by the final response that leads to it. */
const OUTCOMES: readonly (readonly [number, string])[] = [
  [400, 'failed'],
  [403, 'failed'],
  [404, 'failed'],
  [408, 'no-answer'],
  [410, 'failed'],
  [480, 'no-answer'],
  [484, 'failed'],
  [486, 'busy'],
  [488, 'failed'],
  [500, 'failed'],
  [503, 'failed'],
  [600, 'busy'],
  [603, 'no-answer'],
  [604, 'failed'],
];

describe('a branch that is refused', () => {
  it.each(OUTCOMES)('with %i ends as %s, and the others go on', async (status, outcome) => {
    const stage = await EdgeStage.open();
    await stage.phone(1, refusingPhone(status));
    await stage.phone(2, answeringPhone(stage, 2));
    await stage.plan([{}, {}]);
    const call = stage.call();
    await stage.clock.advance(3_000);
    expect(stage.told).toContain(`1 completed ${outcome}`);
    expect(call.session).toBeDefined();
  });
});

describe('the caller hangs up', () => {
  it('while they ring: every branch is cancelled and ends as canceled', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, ringingPhone());
    await stage.phone(2, ringingPhone());
    await stage.plan([{}, {}]);
    const call = stage.call();
    await stage.clock.advance(2_000);
    call.outgoing.cancel();
    await stage.clock.advance(1_000);
    expect(codes(stage)).toEqual([487]);
    expect(stage.told.slice(-2)).toEqual(['1 completed canceled', '2 completed canceled']);
    expect(stage.requestsTo(2, 'CANCEL')[0]?.headers.has('Reason')).toBe(false);
    expect(stage.edge.calls).toBe(0);
  });

  it('while the plan is claimed: nobody is called, and every branch ends', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, ringingPhone());
    await stage.plan([{}]);
    stage.plans.before = () =>
      new Promise(resolve => {
        stage.clock.setTimeout(resolve, 1_000);
      });
    const call = stage.call();
    await stage.clock.advance(500);
    call.outgoing.cancel();
    await stage.clock.advance(5_000);
    expect(stage.requestsTo(1, 'INVITE')).toEqual([]);
    expect(stage.told).toEqual(['1 completed canceled']);
  });

  it('while the answer is written: the winner gets BYE, and its call is completed', async () => {
    const stage = await EdgeStage.open();
    const phone = answeringPhone(stage, 1);
    await stage.phone(1, phone);
    await stage.plan([{}]);
    const call = stage.call();
    await stage.clock.advance(500);
    stage.plans.before = () =>
      new Promise(resolve => {
        stage.clock.setTimeout(resolve, 1_000);
      });
    await stage.clock.advance(1_000);
    call.outgoing.cancel();
    await stage.clock.advance(10_000);
    expect(phone.sessions[0]?.end?.by).toBe('remote');
    expect(codes(stage)).toEqual([487]);
    expect(stage.told.at(-1)).toBe('1 completed completed');
    expect(stage.edge.calls).toBe(0);
  });
});

describe('answers that cross', () => {
  it('a 200 that crosses the CANCEL gets ACK and BYE', async () => {
    const stage = await EdgeStage.open();
    const loser: IncomingInvitation[] = [];
    await stage.phone(1, answeringPhone(stage, 1));
    await stage.phone(2, invitation => {
      loser.push(invitation);
      invitation.progress(180);
    });
    await stage.plan([{}, {}]);
    stage.network.weather = () => [50];
    stage.call();
    await stage.clock.advance(1_180);
    const late = loser[0]?.accept({ sdp: answerAt(phoneAddress(2)) });
    await stage.clock.advance(5_000);
    expect(late?.end?.by).toBe('remote');
    expect(stage.requestsTo(2, 'ACK')).toHaveLength(1);
    expect(stage.requestsTo(2, 'BYE')).toHaveLength(1);
    expect(stage.told.filter(line => line.startsWith('2'))).toEqual(['2 ringing', '2 completed canceled']);
  });

  it('two 200s at the same moment: one is joined, the other gets ACK and BYE', async () => {
    const stage = await EdgeStage.open();
    const phones = [answeringPhone(stage, 1), answeringPhone(stage, 2)];
    await stage.phone(1, phones[0] as never);
    await stage.phone(2, phones[1] as never);
    await stage.plan([{}, {}]);
    const call = stage.call();
    await stage.clock.advance(5_000);
    expect(call.session?.remoteSdp).toContain(phoneAddress(1));
    expect(phones[0]?.sessions[0]?.end).toBeUndefined();
    expect(phones[1]?.sessions[0]?.end?.by).toBe('remote');
    expect(stage.told.filter(line => line.endsWith('answered'))).toEqual(['1 answered']);
    expect(stage.told.at(-1)).toBe('2 completed canceled');
  });

  it('a callee that hangs up before the inside leg has its 200: it never gets one', async () => {
    const stage = await EdgeStage.open();
    const phone = answeringPhone(stage, 1);
    await stage.phone(1, phone);
    await stage.plan([{}]);
    const call = stage.call();
    await stage.clock.advance(500);
    stage.plans.before = () =>
      new Promise(resolve => {
        stage.clock.setTimeout(resolve, 1_000);
      });
    await stage.clock.advance(1_000);
    phone.sessions[0]?.bye();
    await stage.clock.advance(5_000);
    expect([call.session, call.failed?.status]).toEqual([undefined, 480]);
    expect(stage.told.at(-1)).toBe('1 completed completed');
  });
});

describe('ringing and early media', () => {
  it('one 180 goes on, and the first early media with it', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, ringingPhone());
    await stage.phone(2, invitation => {
      stage.clock.setTimeout(
        () => invitation.progress(183, { sdp: answerAt(phoneAddress(2)), reliable: false }),
        500,
      );
    });
    await stage.phone(3, invitation => {
      stage.clock.setTimeout(
        () => invitation.progress(183, { sdp: answerAt(phoneAddress(3)), reliable: false }),
        800,
      );
    });
    await stage.plan([{}, {}, {}]);
    const call = stage.call();
    await stage.clock.advance(2_000);
    const early = call.progress.filter(({ body }) => body.length > 0);
    expect(
      early.map(({ status, body }) => [status, Buffer.from(body).toString().includes('10.2.0.2')]),
    ).toEqual([[183, true]]);
    // One message a thing: the 183 that brings media is not announced by another without.
    expect(call.progress.map(({ status }) => status)).toEqual([180, 183]);
    expect(stage.told).toEqual(['1 ringing', '2 ringing', '3 ringing']);
  });

  it('early media that cannot be read is ringing all the same', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, invitation =>
      invitation.progress(183, { sdp: answerAt(phoneAddress(1), '8'), reliable: false }),
    );
    await stage.plan([{}]);
    const call = stage.call();
    await stage.clock.advance(500);
    expect(call.progress.map(({ status, body }) => [status, body.length])).toEqual([[183, 0]]);
  });
});

describe('a redirection', () => {
  const moved = (n: number) => refusingPhone(302, { Contact: `<sip:bob@${phoneAddress(n)}>` });

  it('is not followed unless allowed: failed', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, moved(2));
    await stage.phone(2, answeringPhone(stage, 2));
    await stage.plan([{}]);
    const call = stage.call();
    await stage.clock.advance(3_000);
    expect([call.failed?.status, branches(stage)[0]?.sipCode]).toEqual([480, 302]);
    expect(stage.requestsTo(2, 'INVITE')).toEqual([]);
  });

  it('is followed once where allowed, with the same headers', async () => {
    const stage = await EdgeStage.open({ followRedirects: true });
    await stage.phone(1, moved(2));
    await stage.phone(2, answeringPhone(stage, 2));
    await stage.plan([{ headers: [['X-Case', '42']] }]);
    const call = stage.call();
    await stage.clock.advance(3_000);
    expect(call.session).toBeDefined();
    expect(stage.requestsTo(2, 'INVITE')[0]?.headers.get('X-Case')).toBe('42');
  });

  it('is followed once only', async () => {
    const stage = await EdgeStage.open({ followRedirects: true });
    await stage.phone(1, moved(2));
    await stage.phone(2, moved(1));
    await stage.plan([{}]);
    const call = stage.call();
    await stage.clock.advance(3_000);
    expect(call.failed?.status).toBe(480);
    expect(stage.requestsTo(1, 'INVITE')).toHaveLength(1);
  });
});
