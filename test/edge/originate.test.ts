import { describe, expect, it } from 'vitest';
import type { StoredPlan } from '../../aws/dial-plans.ts';
import type { Call } from '../../core/call.ts';
import type { DialPlan } from '../../core/dial-plan.ts';
import type { SessionError } from '../../sip/dialog/errors.ts';
import type { IncomingInvitation, Referral } from '../../sip/user-agent.ts';
import {
  answerAt,
  answeringPhone,
  CONNECTOR,
  CONNECTOR_SDP,
  EdgeStage,
  phoneAddress,
  refusingPhone,
  ringingPhone,
} from './support/edge-stage.ts';
import { killable } from './support/killable.ts';

const ROOT = `CA${'0'.repeat(32)}`;
const TOKEN = 'abcdefghijklmnopqrstuvwx';
const VOICE_SERVICE = { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' };

const root: Call = {
  sid: ROOT,
  direction: 'outbound-api',
  to: 'sip:bob@10.2.0.1',
  from: '+15550100',
  status: 'initiated',
  createdAtMs: 0,
  updatedAtMs: 0,
  nextEvent: 2,
  nextCallback: 0,
};

async function originating(overrides: Parameters<EdgeStage['plan']>[1] = {}) {
  const stage = await EdgeStage.open({ voiceConnector: VOICE_SERVICE });
  await stage.plan([{}], { kind: 'originate', calls: [root], ...overrides });
  const entered: IncomingInvitation[] = [];
  stage.connector.onInvite = invitation => {
    entered.push(invitation);
  };
  return { stage, entered };
}

/** Until the connector's 200 and all that follows it. */
async function joined() {
  const { stage, entered } = await originating();
  const phone = answeringPhone(stage, 1);
  const agent = await stage.phone(1, phone);
  await stage.edge.originate(TOKEN);
  await stage.clock.advance(1_500);
  const inside = entered[0]?.accept({ sdp: CONNECTOR_SDP });
  const callee = phone.sessions[0];
  if (inside === undefined || callee === undefined) throw new Error('not joined');
  callee.onOffer = offer => offer.accept(answerAt(phoneAddress(1)));
  await stage.clock.advance(500);
  return { stage, entered, inside, callee, agent };
}

describe('a call that begins at a SIP endpoint', () => {
  it('is dialled, and enters the voice service when it was answered', async () => {
    const { stage, entered } = await joined();
    expect(stage.outsideLadder.slice(0, 4)).toEqual([
      'edge INVITE',
      '1 180 INVITE',
      '1 200 INVITE',
      'edge ACK',
    ]);
    const request = entered[0]?.request;
    expect(request?.uri).toBe(`sip:+17035550122@${CONNECTOR}`);
    expect(request?.headers.get('X-Dialplane-Token')).toBe(TOKEN);
    expect(request?.from?.uri.toString()).toContain('+15550100');
    expect(stage.told).toEqual(['0 ringing', '0 answered']);
  });

  it('is given up when it was to ring only so long', async () => {
    const { stage } = await originating({ hangUpAfterRingingSeconds: 3 });
    await stage.phone(1, ringingPhone());
    await stage.edge.originate(TOKEN);

    await stage.clock.advance(2_900);
    expect(stage.told).toEqual(['0 ringing']);
    await stage.clock.advance(1_000);

    expect(stage.told).toEqual(['0 ringing', '0 completed canceled']);
  });

  it('is reported with the To of its 200', async () => {
    const { stage } = await joined();
    const to = stage.plans.items.get(TOKEN)?.report?.branches[0]?.to;
    expect(to).toMatch(/^<sip:bob@10\.2\.0\.1[^>]*>;tag=.+/);
  });

  it('is written as answered before the voice service is called', async () => {
    const { stage } = await originating();
    await stage.phone(1, answeringPhone(stage, 1));
    let status: string | undefined;
    stage.connector.onInvite = () => {
      status = stage.plans.items.get(TOKEN)?.report?.calls[0]?.status;
    };
    await stage.edge.originate(TOKEN);
    await stage.clock.advance(1_500);
    expect(status).toBe('in-progress');
  });

  it('is offered its codecs at no address first, and the connector’s address once that is known', async () => {
    const { stage, entered, callee, inside } = await joined();
    const [first, second] = stage.requestsTo(1, 'INVITE').map(({ body }) => Buffer.from(body).toString());
    expect(first).toContain('c=IN IP4 0.0.0.0');
    expect(first).toContain('m=audio 9 RTP/AVP 0 8 101');
    expect(second).toContain(`c=IN IP4 ${CONNECTOR}`);
    expect(second).toContain('m=audio 5000 RTP/AVP 0 8 101');
    expect(entered[0]?.sdp).toContain(`c=IN IP4 ${phoneAddress(1)}`);
    expect(entered[0]?.sdp).toContain('m=audio 4000 RTP/AVP 0 101');
    expect(callee.remoteSdp).toContain(CONNECTOR);
    // The endpoint said the same again, so the connector need not hear it.
    expect(inside.remoteSdp).toContain(phoneAddress(1));
    expect(stage.insideLadder.filter(line => line === 'edge INVITE')).toHaveLength(1);
  });

  it('tells the connector when the endpoint’s second answer is another one', async () => {
    const { stage, entered } = await originating();
    const phone = answeringPhone(stage, 1);
    await stage.phone(1, phone);
    await stage.edge.originate(TOKEN);
    await stage.clock.advance(1_500);
    const inside = entered[0]?.accept({ sdp: CONNECTOR_SDP });
    if (inside) inside.onOffer = offer => offer.accept(CONNECTOR_SDP);
    const [callee] = phone.sessions;
    if (callee) callee.onOffer = offer => offer.accept(answerAt(phoneAddress(1), '0 101', 4_444));
    await stage.clock.advance(1_000);
    expect(inside?.remoteSdp).toContain('m=audio 4444');
  });

  it('that answers an offer from nowhere as inactive is offered to the connector as active', async () => {
    const { stage, entered } = await originating();
    await stage.phone(1, invitation =>
      invitation.accept({ sdp: `${answerAt(phoneAddress(1))}a=inactive\r\n` }),
    );
    await stage.edge.originate(TOKEN);
    await stage.clock.advance(500);
    expect(entered[0]?.sdp).not.toContain('inactive');
  });

  it.each([
    ['tells what becomes of it', false],
    ['is lost by a restart, which is told', true],
  ])('%s to whoever has subscribed while it rang', async (_, isKilled) => {
    const { stage } = await originating();
    await stage.edge.stop();
    const kill = await killable(stage, { voiceConnector: VOICE_SERVICE });
    await stage.phone(1, invitation => {
      invitation.progress(180);
      stage.clock.setTimeout(() => invitation.reject(486), 5_000);
    });
    await stage.edge.originate(TOKEN);
    await stage.clock.advance(1_000);
    await stage.plans.subscribe(TOKEN, ROOT, {
      url: 'https://example.com/s',
      method: 'POST',
      events: ['ringing', 'completed'],
    });
    if (isKilled) {
      await kill();
      await stage.startEdge();
    }
    await stage.clock.advance(10_000);
    // What the earlier process has told is told again, as it was.
    const told = [...new Map(stage.events.map(event => [event.detail.metadata.id, event])).values()];
    expect(told.map(({ type, detail }) => [type, detail.call.status, detail.callback])).toEqual([
      ['Call Ringing', 'ringing', undefined],
      [
        'Call Completed',
        isKilled ? 'failed' : 'busy',
        { subscribed: true, event: 'completed', sequenceNumber: 0, order: 1 },
      ],
    ]);
  });

  it('ends on both sides, and leaves its last event to the control plane', async () => {
    const { stage, inside, callee } = await joined();
    inside.bye();
    await stage.clock.advance(2_000);
    expect(callee.end?.by).toBe('remote');
    expect(stage.told).toEqual(['0 ringing', '0 answered']);
    expect(stage.edge.calls).toBe(0);
    expect(await stage.journal.all()).toEqual([]);
  });

  it('goes on when the control plane has taken it over and closed its plan', async () => {
    const { stage, inside, callee } = await joined();
    await stage.plans.close(TOKEN, stage.plans.items.get(TOKEN)?.version ?? 0);
    await stage.clock.advance(60_000);
    expect(inside.end).toBeUndefined();
    callee.bye();
    await stage.clock.advance(3_000);
    expect(inside.end?.by).toBe('remote');
    expect(stage.edge.calls).toBe(0);
  });
});

describe('a REFER of the endpoint', () => {
  const DIAL = 'itsdial';

  /** The endpoint talks with somebody whom its Dial has joined. */
  async function talking(plan: Partial<DialPlan> = { takesRefer: true }) {
    const { stage, callee: endpoint, inside } = await joined();
    const bob: Call = { ...root, sid: `${ROOT.slice(0, -1)}1`, status: 'in-progress', answeredAtMs: 0 };
    await stage.plan([{}], { token: DIAL, calls: [bob], ...plan });
    await stage.plans.report(DIAL, 0, { calls: [bob], branches: [{}], winner: 0 });
    const answered = async (referral: Promise<Referral>) => {
      const told = referral.catch((refused: SessionError) => refused);
      await stage.clock.advance(1_500);
      return { status: (await told).status, isUp: endpoint.end === undefined && inside.end === undefined };
    };
    return { stage, endpoint, answered };
  }

  it('ends its leg once it lies beside its Dial’s plan where to, and is reported', async () => {
    const { stage, endpoint, answered } = await talking();
    const referral = endpoint.refer('<sip:carol@10.2.0.3?Replaces=a%3Bb>');
    expect(await answered(referral)).toEqual({ status: 200, isUp: false });
    expect(stage.plans.items.get(DIAL)?.referTo).toBe('sip:carol@10.2.0.3');
  });

  it.each([
    ['whose Dial takes none', {}],
    ['that is in no Dial', { rootSid: 'CA-of-another' }],
  ])('%s is refused', async (_, plan) => {
    const { endpoint, answered } = await talking(plan);
    expect(await answered(endpoint.refer('sip:carol@10.2.0.3'))).toEqual({ status: 603, isUp: true });
  });

  it('that talks with nobody any more is refused', async () => {
    const { stage, endpoint, answered } = await talking();
    await stage.plans.close(DIAL, 1);
    expect(await answered(endpoint.refer('sip:carol@10.2.0.3'))).toEqual({ status: 603, isUp: true });
  });

  it('whose callee hangs up meanwhile, or that cannot be written down, changes nothing', async () => {
    const { stage, endpoint, answered } = await talking();
    stage.plans.before = async () => stage.plans.close(DIAL, 1);
    expect(await answered(endpoint.refer('sip:carol@10.2.0.3'))).toEqual({ status: 503, isUp: true });
    stage.plans.before = async () => {
      throw new Error('The table is away.');
    };
    const dial = stage.plans.items.get(DIAL) as StoredPlan;
    stage.plans.items.set(DIAL, { ...dial, closed: false });
    expect(await answered(endpoint.refer('sip:carol@10.2.0.3'))).toEqual({ status: 503, isUp: true });
  });

  it('that comes twice at once ends its leg once', async () => {
    const { endpoint, answered } = await talking();
    const both = [endpoint.refer('sip:carol@10.2.0.3'), endpoint.refer('sip:carol@10.2.0.3')];
    const told = await Promise.all(both.map(answered));
    expect(told.map(({ status }) => status)).toEqual([200, 481]);
    expect(told[0]?.isUp).toBe(false);
  });

  it('is followed by its BYE at once, which ends both legs', async () => {
    const { endpoint, answered } = await talking();
    const referral = answered(endpoint.refer('sip:carol@10.2.0.3'));
    endpoint.bye();
    expect(await referral).toMatchObject({ isUp: false });
  });
});

describe('a call that comes to nothing', () => {
  it.each([
    [486, 'busy'],
    [603, 'no-answer'],
    [404, 'failed'],
  ])('ends by the endpoint’s %i as %s', async (status, outcome) => {
    const { stage } = await originating();
    await stage.phone(1, refusingPhone(status));
    await stage.edge.originate(TOKEN);
    await stage.clock.advance(1_000);
    expect(stage.told).toEqual([`0 completed ${outcome}`]);
    expect(stage.plans.reports.at(-1)?.branches[0]?.sipCode).toBe(status);
    expect(await stage.journal.all()).toEqual([]);
  });

  it('ends by its time-out as no-answer', async () => {
    const { stage } = await originating({ ringTimeoutSeconds: 10 });
    await stage.phone(1, ringingPhone());
    await stage.edge.originate(TOKEN);
    await stage.clock.advance(11_000);
    expect(stage.told).toEqual(['0 ringing', '0 completed no-answer']);
  });

  it('is failed when the voice service refuses it, and the endpoint gets BYE', async () => {
    const { stage, entered } = await originating();
    const phone = answeringPhone(stage, 1);
    await stage.phone(1, phone);
    await stage.edge.originate(TOKEN);
    await stage.clock.advance(1_500);
    entered[0]?.reject(603);
    await stage.clock.advance(1_000);
    expect(phone.sessions[0]?.end?.by).toBe('remote');
    expect(stage.told.at(-1)).toBe('0 completed failed');
    expect(stage.plans.reports.at(-1)?.branches[0]?.sipCode).toBe(603);
  });

  it('is failed when the voice service rings and does not answer', async () => {
    const { stage, entered } = await originating();
    const phone = answeringPhone(stage, 1);
    await stage.phone(1, phone);
    await stage.edge.originate(TOKEN);
    await stage.clock.advance(1_500);
    entered[0]?.progress(180);
    await stage.clock.advance(31_000);
    expect([entered[0]?.state, phone.sessions[0]?.end?.by]).toEqual(['cancelled', 'remote']);
    expect(stage.told.at(-1)).toBe('0 completed failed');
    expect(stage.plans.reports.at(-1)?.branches[0]?.sipCode).toBe(408);
  });

  it('is completed when the endpoint hangs up before the voice service is there', async () => {
    const { stage, entered } = await originating();
    const phone = answeringPhone(stage, 1);
    await stage.phone(1, phone);
    await stage.edge.originate(TOKEN);
    await stage.clock.advance(1_500);
    phone.sessions[0]?.bye();
    await stage.clock.advance(2_000);
    expect(entered[0]?.state).toBe('cancelled');
    expect(stage.told.at(-1)).toBe('0 completed completed');
  });
});

describe('cancelling', () => {
  it('ends a ringing call with the outcome given', async () => {
    const { stage } = await originating();
    const phone = ringingPhone();
    await stage.phone(1, phone);
    await stage.edge.originate(TOKEN);
    await stage.clock.advance(1_000);
    stage.edge.cancel(TOKEN, 'canceled');
    await stage.clock.advance(1_000);
    expect(phone.calls[0]?.state).toBe('cancelled');
    expect(stage.told).toEqual(['0 ringing', '0 completed canceled']);
  });

  it('ends a call that has been answered and waits for the voice service', async () => {
    const { stage, entered } = await originating();
    const phone = answeringPhone(stage, 1);
    await stage.phone(1, phone);
    await stage.edge.originate(TOKEN);
    await stage.clock.advance(1_500);
    entered[0]?.progress(180);
    await stage.clock.advance(100);
    stage.edge.cancel(TOKEN, 'completed');
    await stage.clock.advance(1_000);
    expect([entered[0]?.state, phone.sessions[0]?.end?.by]).toEqual(['cancelled', 'remote']);
    expect(stage.told.at(-1)).toBe('0 completed completed');
  });

  it('before the command to dial: nobody is called', async () => {
    const { stage } = await originating();
    await stage.phone(1, ringingPhone());
    stage.edge.cancel(TOKEN, 'canceled');
    await stage.edge.originate(TOKEN);
    await stage.clock.advance(1_000);
    expect(stage.requestsTo(1, 'INVITE')).toEqual([]);
    expect(stage.told).toEqual(['0 completed canceled']);
  });
});

describe('a command', () => {
  it('for a token that is unknown, used or a bridge’s dials nobody', async () => {
    const { stage } = await originating();
    await stage.phone(1, ringingPhone());
    expect(await stage.edge.originate('unknown')).toBe(false);
    expect(await stage.edge.originate(TOKEN)).toBe(true);
    expect(await stage.edge.originate(TOKEN)).toBe(false);
    await stage.clock.advance(1_000);
    expect(stage.requestsTo(1, 'INVITE')).toHaveLength(1);
  });

  it('that comes again because its edge died over it is carried out', async () => {
    const { stage } = await originating();
    await stage.phone(1, ringingPhone());
    await stage.plans.claim(TOKEN, 'edge-1', stage.clock.now());
    expect(await stage.edge.originate(TOKEN)).toBe(true);
    await stage.clock.advance(1_000);
    expect(stage.told).toEqual(['0 ringing']);
  });

  it('that comes again when nobody expects the call any more is not carried out', async () => {
    const { stage } = await originating();
    await stage.plans.claim(TOKEN, 'edge-1', stage.clock.now());
    await stage.clock.advance(121_000);
    expect(await stage.edge.originate(TOKEN)).toBe(false);
  });

  it('whose plan another edge has claimed dials nobody', async () => {
    const { stage } = await originating();
    await stage.plans.claim(TOKEN, 'edge-2', stage.clock.now());
    expect(await stage.edge.originate(TOKEN)).toBe(false);
  });

  it('to cancel, whose plan the control plane has closed, ends the call without a word', async () => {
    const { stage } = await originating();
    const phone = ringingPhone();
    await stage.phone(1, phone);
    await stage.edge.originate(TOKEN);
    await stage.clock.advance(1_000);
    await stage.plans.close(TOKEN, stage.plans.items.get(TOKEN)?.version ?? 0);
    stage.edge.cancel(TOKEN, 'canceled');
    await stage.clock.advance(1_000);
    expect([phone.calls[0]?.state, stage.told]).toEqual(['cancelled', ['0 ringing']]);
    expect(stage.edge.calls).toBe(0);
  });

  it('is to be given to another edge while this one stops', async () => {
    const { stage } = await originating();
    void stage.edge.stop({ drainMs: 60_000 });
    await expect(stage.edge.originate(TOKEN)).rejects.toThrow('being stopped');
  });
});
