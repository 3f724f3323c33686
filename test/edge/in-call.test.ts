import { describe, expect, it } from 'vitest';
import type { SipTarget } from '../../core/sip-target.ts';
import type { EdgeOptions } from '../../edge/edge.ts';
import { directMedia, type MediaPlane } from '../../edge/media-plane.ts';
import type { SessionError } from '../../sip/dialog/errors.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import type { IncomingOffer, Session } from '../../sip/user-agent.ts';
import { answerAt, answeringPhone, CONNECTOR_SDP, EdgeStage, phoneAddress } from './support/edge-stage.ts';

async function bridged(
  target: Partial<SipTarget> = {},
  plan: Parameters<EdgeStage['plan']>[1] = {},
  options: Partial<EdgeOptions> = {},
) {
  const stage = await EdgeStage.open(options);
  const phone = answeringPhone(stage, 1);
  const agent = await stage.phone(1, phone);
  await stage.plan([target], plan);
  const call = stage.call();
  await stage.clock.advance(2_000);
  const [callee] = phone.sessions;
  if (call.session === undefined || callee === undefined) throw new Error('not bridged');
  return { stage, caller: call.session, callee, agent };
}

const status = (result: Promise<unknown>) =>
  result.then(
    () => 200,
    (error: SessionError) => error.status,
  );
const hold = (sdp: string) => sdp.replace(/o=- (\d) 1/, 'o=- $1 2').concat('a=sendonly\r\n');

describe('a change of media', () => {
  it('by the inside leg’s re-INVITE goes on to the target, with its codecs, and its answer back', async () => {
    const { stage, caller, callee } = await bridged();
    callee.onOffer = offer =>
      offer.accept(answerAt(phoneAddress(1), '0 8 101', 4_100).concat('a=recvonly\r\n'));
    const changed = status(caller.reinvite({ sdp: hold(CONNECTOR_SDP) }));
    await stage.clock.advance(1_000);
    expect(await changed).toBe(200);
    expect(callee.remoteSdp).toContain('RTP/AVP 0 8 101');
    expect(callee.remoteSdp).toContain('a=sendonly');
    expect(caller.remoteSdp).toContain('m=audio 4100 RTP/AVP 0 101');
    expect(caller.remoteSdp).toContain('a=recvonly');
  });

  it('by the target’s re-INVITE goes on to the inside leg as PCMU only', async () => {
    const { stage, caller, callee } = await bridged();
    caller.onOffer = offer => offer.accept(CONNECTOR_SDP);
    const changed = status(callee.reinvite({ sdp: hold(answerAt(phoneAddress(1), '0 8 101')) }));
    await stage.clock.advance(1_000);
    expect(await changed).toBe(200);
    expect(caller.remoteSdp).toContain('RTP/AVP 0 101');
    expect(caller.remoteSdp).toContain('a=sendonly');
  });

  it('that is none goes on in the words of before, and another one as the next version of its leg (RFC 3264 §8)', async () => {
    const { stage, caller, callee } = await bridged();
    callee.onOffer = offer => offer.accept(answerAt(phoneAddress(1)));
    const first = callee.remoteSdp;
    for (const version of [2, 3]) {
      void caller.reinvite({ sdp: CONNECTOR_SDP.replace('o=- 1 1', `o=- 1 ${version}`) });
      await stage.clock.advance(1_000);
      expect(callee.remoteSdp).toBe(first);
    }
    callee.onOffer = offer => offer.reject(488);
    void status(caller.reinvite({ sdp: hold(CONNECTOR_SDP) }));
    await stage.clock.advance(1_000);
    // It was refused, and has a number all the same.
    const asked: IncomingOffer[] = [];
    callee.onOffer = offer => {
      asked.push(offer);
      offer.accept(answerAt(phoneAddress(1)));
    };
    void caller.reinvite({ sdp: CONNECTOR_SDP.replace('m=audio 5000', 'm=audio 5002') });
    await stage.clock.advance(1_000);
    void callee.reinvite();
    await stage.clock.advance(1_000);
    expect(asked[0]?.sdp).toMatch(/^o=- 1 3 IN IP4 10\.0\.0\.9\r$/m);
    expect(stage.originFaults).toEqual([]);
  });

  it('that was refused is not what a side hears that asks for our offer', async () => {
    const { stage, caller, callee } = await bridged();
    const before = callee.remoteSdp ?? '';
    callee.onOffer = offer => offer.reject(488);
    void status(caller.reinvite({ sdp: hold(CONNECTOR_SDP) }));
    await stage.clock.advance(1_000);
    let ours: string | undefined;
    callee.onOffer = offer => {
      ours = offer.sdp;
      offer.accept(answerAt(phoneAddress(1)));
    };
    void callee.reinvite();
    await stage.clock.advance(1_000);
    expect(ours).toBe(before.replace('o=- 1 1', 'o=- 1 3'));
    expect(stage.originFaults).toEqual([]);
  });

  it('by UPDATE goes on as UPDATE', async () => {
    const { stage, caller, callee } = await bridged();
    callee.onOffer = offer => offer.accept(answerAt(phoneAddress(1)));
    const changed = status(caller.update({ sdp: hold(CONNECTOR_SDP) }));
    await stage.clock.advance(1_000);
    expect(await changed).toBe(200);
    expect(stage.requestsTo(1, 'UPDATE')).toHaveLength(1);
    expect(stage.requestsTo(1, 'INVITE')).toHaveLength(1);
  });

  it.each([
    [488, 488],
    [603, 488],
    // It would end the caller's dialog (RFC 5057 §5.1).
    [404, 488],
  ])(
    'that the other side refuses with %i is refused with %i, and everything stays as it was',
    async (code, told) => {
      const { stage, caller, callee } = await bridged();
      callee.onOffer = offer => offer.reject(code);
      const before = caller.remoteSdp;
      const changed = status(caller.reinvite({ sdp: hold(CONNECTOR_SDP) }));
      await stage.clock.advance(1_000);
      expect([await changed, caller.remoteSdp, caller.end]).toEqual([told, before, undefined]);
    },
  );

  it('that the other side lets ring is given up after 30 s, and the call goes on', async () => {
    const { stage, caller, callee } = await bridged();
    callee.onOffer = () => {};
    const changed = status(caller.reinvite({ sdp: hold(CONNECTOR_SDP) }));
    await stage.clock.advance(31_000);
    expect([await changed, caller.end, callee.end]).toEqual([487, undefined, undefined]);
    expect(stage.requestsTo(1, 'CANCEL')).toHaveLength(1);
    const again = status(caller.reinvite({ sdp: hold(CONNECTOR_SDP) }));
    callee.onOffer = offer => offer.accept(answerAt(phoneAddress(1)));
    await stage.clock.advance(1_000);
    expect(await again).toBe(200);
  });

  it('without PCMU from the target is 488', async () => {
    const { stage, callee } = await bridged();
    const changed = status(callee.reinvite({ sdp: answerAt(phoneAddress(1), '8 101') }));
    await stage.clock.advance(1_000);
    expect(await changed).toBe(488);
  });

  it('from both sides at once: 491, and after their back-off both are through', async () => {
    const { stage, caller, callee } = await bridged();
    stage.network.weather = () => [20];
    callee.onOffer = offer => offer.accept(answerAt(phoneAddress(1)));
    caller.onOffer = offer => offer.accept(CONNECTOR_SDP);
    const both = [
      status(caller.reinvite({ sdp: hold(CONNECTOR_SDP) })),
      status(callee.reinvite({ sdp: hold(answerAt(phoneAddress(1))) })),
    ];
    await stage.clock.advance(20_000);
    expect(await Promise.all(both)).toEqual([200, 200]);
    expect([caller.end, callee.end]).toEqual([undefined, undefined]);
  });

  it('by a re-INVITE without an offer is answered by ours, and the answer goes on if it is another', async () => {
    const { stage, caller, callee } = await bridged();
    const heard: IncomingOffer[] = [];
    callee.onOffer = offer => {
      heard.push(offer);
      offer.accept(answerAt(phoneAddress(1)));
    };
    caller.onOffer = offer => offer.accept(hold(CONNECTOR_SDP));
    const changed = status(caller.reinvite({}));
    await stage.clock.advance(1_000);
    expect(await changed).toBe(200);
    expect(heard.map(({ sdp }) => sdp?.includes('a=sendonly'))).toEqual([true]);
  });
});

describe('refreshes', () => {
  it('of one leg stay on it: UPDATE on the target’s dialog only (matrix 11)', async () => {
    const { stage } = await bridged({ updateSeconds: 100 });
    await stage.clock.advance(350_000);
    expect(stage.requestsTo(1, 'UPDATE')).toHaveLength(3);
    expect(stage.insideLadder.filter(line => line.includes('UPDATE'))).toEqual([]);
  });

  it('run from each leg’s own confirmation, each on its own period (matrix 1, 12)', async () => {
    const { stage } = await bridged({ updateSeconds: 100 }, {}, { insideTimer: { keepAliveSeconds: 150 } });
    const start = stage.clock.now() - 1_000;
    await stage.clock.advance(320_000);
    const times = (address: string) =>
      stage.network.passages
        .filter(
          ({ to, message }) =>
            to.address === address && message.isRequest && (message as SipRequest).method === 'UPDATE',
        )
        .map(({ at }) => Math.round((at - start) / 1_000));
    expect(times(phoneAddress(1))).toEqual([100, 200, 300]);
    expect(times('10.0.0.9')).toEqual([150, 300]);
  });

  it('that find the dialog gone end both legs (matrix 2)', async () => {
    const { stage, caller, agent } = await bridged({ updateSeconds: 100 });
    // The phone forgets everything, as after a power cut.
    await agent.close();
    await stage.phone(1, () => {});
    await stage.clock.advance(101_000);
    await stage.clock.advance(3_000);
    expect(caller.end?.by).toBe('remote');
    expect(stage.told.at(-1)).toBe('1 completed completed');
    expect(stage.requestsTo(1, 'BYE')).toHaveLength(1);
    await stage.clock.advance(300_000);
    expect(stage.requestsTo(1, 'UPDATE')).toHaveLength(1);
  });

  it('that nobody answers end both legs 32 s later (matrix 3)', async () => {
    const { stage, caller, agent } = await bridged({ updateSeconds: 100 });
    await agent.close();
    await stage.clock.advance(99_000 + 31_000);
    expect(caller.end).toBeUndefined();
    await stage.clock.advance(5_000);
    expect(caller.end?.by).toBe('remote');
    expect(stage.requestsTo(1, 'UPDATE')).toHaveLength(11);
  });

  it('end with the call (matrix 10)', async () => {
    const { stage, callee } = await bridged({ updateSeconds: 100 });
    callee.bye();
    await stage.clock.advance(300_000);
    expect(stage.requestsTo(1, 'UPDATE')).toEqual([]);
  });

  it('of the target’s own are answered and not passed on (matrix 9)', async () => {
    const { stage, callee } = await bridged();
    const refreshed = status(callee.update());
    await stage.clock.advance(100);
    expect(await refreshed).toBe(200);
    expect(stage.insideLadder.filter(line => line.includes('UPDATE'))).toEqual([]);
  });
});

describe('the end', () => {
  it('comes with the time limit, counted from the bridge', async () => {
    const { stage, caller, callee } = await bridged({}, { timeLimitSeconds: 60 });
    await stage.clock.advance(58_900);
    expect(caller.end).toBeUndefined();
    await stage.clock.advance(1_000);
    expect([caller.end?.by, callee.end?.by]).toEqual(['remote', 'remote']);
    expect(stage.told.at(-1)).toBe('1 completed completed');
  });

  const thrower = () => {
    throw new Error('It cannot be made.');
  };

  it.each<[string, (session: Session) => void]>([
    ['its BYE cannot be made', ({ dialog }) => Object.assign(dialog, { request: thrower })],
    ['nothing can be said to it', session => Object.assign(session, { bye: thrower })],
    ['who hears of its end breaks', session => session.on('ended', thrower)],
  ])('comes to the other side, the report and the media where %s', async (_why, sabotage) => {
    for (const side of ['inside', 'outside'] as const) {
      const closed: string[] = [];
      const media: MediaPlane = {
        ...directMedia,
        open: async request => {
          const path = await directMedia.open(request);
          return Object.assign(path, { close: () => closed.push('media') });
        },
      };
      const { stage, caller, callee } = await bridged({}, { timeLimitSeconds: 60 }, { media });
      const [session] = stage.edge[side].sessions;
      if (session) sabotage(session);
      await stage.clock.advance(120_000);
      const other = side === 'inside' ? callee : caller;
      expect([other.end?.by, stage.told.at(-1), closed]).toEqual([
        'remote',
        '1 completed completed',
        ['media'],
      ]);
      expect(stage.edge.calls).toBe(0);
    }
  });

  it('brings the reason that the BYE gave to the other side', async () => {
    const { stage, caller, callee } = await bridged();
    callee.bye({ headers: { Reason: 'Q.850;cause=16;text="Terminated"' } });
    await stage.clock.advance(2_000);
    expect(caller.end?.request?.headers.get('Reason')).toBe('Q.850;cause=16;text="Terminated"');
  });

  it('comes once where both hang up at the same moment', async () => {
    const { stage, caller, callee } = await bridged();
    stage.network.weather = () => [20];
    caller.bye();
    callee.bye();
    await stage.clock.advance(40_000);
    expect(stage.told.filter(line => line.includes('completed'))).toEqual(['1 completed completed']);
    expect([stage.edge.inside.sessions, stage.edge.outside.sessions]).toEqual([[], []]);
  });

  it('is not held up by a target that answers BYE with 404 (B08)', async () => {
    const { stage, caller, agent } = await bridged();
    await agent.close();
    const phone = await stage.phone(1, () => {});
    phone.onRequest = incoming => incoming.respond(404);
    caller.bye();
    await stage.clock.advance(2_000);
    expect(stage.told.at(-1)).toBe('1 completed completed');
    expect(stage.edge.calls).toBe(0);
  });

  it('is told to the inside leg though the report cannot be written', async () => {
    const { stage, caller, callee } = await bridged();
    stage.plans.before = () => new Promise(() => {});
    callee.bye();
    await stage.clock.advance(1_500);
    expect(caller.end?.by).toBe('remote');
  });

  it('comes when the control plane closes the plan and the edge notices', async () => {
    const { stage, caller, callee } = await bridged();
    const [stored] = stage.plans.items.values();
    if (stored) stored.closed = true;
    caller.bye();
    await stage.clock.advance(2_000);
    expect(callee.end?.by).toBe('remote');
    expect(stage.told.filter(line => line.includes('completed'))).toEqual([]);
  });
});

describe('keys and other words in the call', () => {
  const star = { contentType: 'application/dtmf-relay', body: 'Signal=*\r\nDuration=160\r\n' };

  it('a star of the inside leg by INFO ends the call where that was asked for', async () => {
    const { stage, caller, callee } = await bridged({}, { hangupOnStar: true });
    const answer = caller.info(star);
    await stage.clock.advance(2_000);
    expect((await answer).status).toBe(200);
    expect([caller.end?.by, callee.end?.by]).toEqual(['remote', 'remote']);
  });

  it.each([
    [false, 'inside', star],
    [true, 'outside', star],
    [true, 'inside', { contentType: 'application/dtmf-relay', body: 'Signal=5\r\n' }],
  ] as const)('with hangupOnStar %s, from the %s: %j is passed on', async (hangupOnStar, side, info) => {
    const { stage, caller, callee } = await bridged({}, { hangupOnStar });
    const heard: string[] = [];
    const [from, to] = side === 'inside' ? [caller, callee] : [callee, caller];
    to.onInfo = incoming => {
      heard.push(Buffer.from(incoming.request.body).toString());
      incoming.respond(200);
    };
    const answer = from.info(info);
    await stage.clock.advance(1_000);
    expect([(await answer).status, heard, caller.end]).toEqual([200, [info.body], undefined]);
  });

  it.each([
    [415, { Accept: 'application/dtmf-relay' }, 415],
    [469, { 'Recv-Info': 'conference' }, 469],
    [407, { 'Proxy-Authenticate': 'Digest realm="callee", nonce="1"' }, 500],
    [405, { Allow: 'INVITE, ACK, BYE' }, 500],
    [486, {}, 500],
  ] as const)(
    'an INFO that the other side refuses with %i and %j is refused with %i',
    async (code, headers, told) => {
      const { stage, caller, callee } = await bridged();
      callee.onInfo = incoming => incoming.respond(code, { headers });
      const answer = caller.info({ contentType: 'application/x-unknown', body: 'x' });
      await stage.clock.advance(1_000);
      const { status, headers: said } = await answer;
      expect(status).toBe(told);
      for (const [name, value] of Object.entries(headers))
        expect(said.get(name)).toBe(told === code ? value : undefined);
      expect([caller.end, callee.end]).toEqual([undefined, undefined]);
    },
  );

  it.each(['caller', 'callee'] as const)('a REFER of the %s is declined', async who => {
    const { stage, ...parties } = await bridged();
    const answer = status(parties[who].refer('sip:carol@10.2.0.3'));
    await stage.clock.advance(1_000);
    expect(await answer).toBe(603);
  });

  it('a REFER of whoever has answered ends its leg where the application takes it, and is reported', async () => {
    const { stage, caller, callee } = await bridged({}, { takesRefer: true });
    const answer = callee.refer('<sip:carol@10.2.0.3?Replaces=a%3Bb>');
    await stage.clock.advance(1_500);
    const referral = await answer;
    expect(referral.status).toBe(200);
    expect([callee.end !== undefined, caller.end !== undefined]).toEqual([true, true]);
    expect(stage.plans.reports.at(-1)?.branches[0]).toMatchObject({ referTo: 'sip:carol@10.2.0.3' });
    expect(stage.told).toContain('1 completed completed');
    // It was in the report before the voice service heard of the end.
    const first = stage.plans.reports.findIndex(({ branches }) => branches[0]?.referTo !== undefined);
    expect(stage.plans.reports[first]?.calls[0]?.status).toBe('in-progress');
  });

  it('a REFER of the voice service is refused, and one to no address', async () => {
    const { stage, caller, callee } = await bridged({}, { takesRefer: true });
    const ofInside = status(caller.refer('sip:carol@10.2.0.3'));
    const toNobody = status(callee.refer('http://example.com/'));
    await stage.clock.advance(1_000);
    expect([await ofInside, await toNobody]).toEqual([603, 400]);
    expect(callee.end).toBeUndefined();
  });

  it('a REFER that cannot be reported changes nothing: the two go on talking', async () => {
    const { stage, callee } = await bridged({}, { takesRefer: true });
    stage.plans.before = async what => {
      if (what === 'report') throw new Error('The table is away.');
    };
    const answer = callee.refer('sip:carol@10.2.0.3');
    await stage.clock.advance(5_000);
    expect([(await answer).status, callee.end]).toEqual([503, undefined]);
  });
});
