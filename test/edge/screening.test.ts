/** Targets that hear a document of their own, and are joined when they have accepted. */
import { describe, expect, it } from 'vitest';
import type { Call } from '../../core/call.ts';
import type { DialPlan } from '../../core/dial-plan.ts';
import type { SipTarget } from '../../core/sip-target.ts';
import type { Screening } from '../../core/verb.ts';
import type { IncomingInvitation, Session } from '../../sip/user-agent.ts';
import {
  answeringPhone,
  CONNECTOR,
  CONNECTOR_SDP,
  type ConnectorCall,
  EdgeStage,
  initiated,
  phoneAddress,
  ringingPhone,
} from './support/edge-stage.ts';
import { killable } from './support/killable.ts';

const TOKEN = 'abcdefghijklmnopqrstuvwx';
const VOICE_SERVICE = { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' };
const screening: Screening = {
  document: { url: 'https://example.com/screen', method: 'POST' },
  timeoutSeconds: 60,
};
/** What the voice service says of the calls that are screened. */
const SCREEN_SDP = CONNECTOR_SDP.replace('m=audio 5000', 'm=audio 5555');

const subscribedToJoining: Call = {
  ...initiated(0),
  callback: { url: 'https://example.com/status', method: 'POST', events: ['joined'] },
};

/** The voice service at work: one leg of its own for each target that is screened. */
class ScreeningStage {
  readonly stage: EdgeStage;
  /** As they came. */
  readonly invitations: IncomingInvitation[] = [];
  readonly sessions: Session[] = [];
  call!: ConnectorCall;

  constructor(stage: EdgeStage) {
    this.stage = stage;
    stage.connector.onInvite = invitation => {
      this.invitations.push(invitation);
      this.sessions.push(invitation.accept({ sdp: SCREEN_SDP }));
    };
  }

  static async open(
    targets: readonly Partial<SipTarget>[] = [{ screening }],
    plan: Partial<DialPlan> = {},
    stage?: EdgeStage,
  ): Promise<ScreeningStage> {
    const it = new ScreeningStage(stage ?? (await EdgeStage.open({ voiceConnector: VOICE_SERVICE })));
    await it.stage.plan(targets, plan);
    return it;
  }

  /** The n-th phone answers after so long. */
  async phone(n: number, afterMs = 1_000) {
    const phone = answeringPhone(this.stage, n, { afterMs, takesOffers: true });
    await this.stage.phone(n, phone);
    return phone;
  }

  async begins(ms = 2_000): Promise<void> {
    this.call = this.stage.call();
    await this.stage.clock.advance(ms);
  }

  /** The control plane decides, and the voice service hangs the screening's leg up. */
  async decides(index: number, accepted: boolean, at = 0): Promise<void> {
    await this.stage.plans.decide(TOKEN, index, { accepted, notifications: [] });
    this.sessions[at]?.bye();
    await this.stage.clock.advance(1_000);
  }

  report = () => this.stage.plans.reports.at(-1);
}

describe('a target that is screened', () => {
  it('speaks with the voice service when it has answered, while the caller hears it ring', async () => {
    const it = await ScreeningStage.open();
    await it.phone(1);
    await it.begins();

    expect(it.call.session).toBeUndefined();
    expect(it.call.progress.map(({ status }) => status)).toEqual([180]);
    const [entered] = it.invitations;
    expect(entered?.request.uri).toBe(VOICE_SERVICE.uri);
    expect(entered?.request.headers.get('X-Dialplane-Token')).toBe(`${TOKEN}-0`);
    const offers = it.stage.requestsTo(1, 'INVITE').map(({ body }) => Buffer.from(body).toString());
    expect(offers[0]).toContain('c=IN IP4 0.0.0.0');
    expect(offers[1]).toContain('m=audio 5555');
    expect(it.stage.told).toEqual(['1 ringing', '1 answered']);
    expect(it.report()?.branches[0]).toMatchObject({ screening: 'open', sipCode: 200 });
    expect(it.report()?.winner).toBeUndefined();
  });

  it('is joined when it has accepted: it is offered what the caller offers, and the caller hears its answer', async () => {
    const it = await ScreeningStage.open();
    const phone = await it.phone(1);
    await it.begins();
    await it.decides(0, true);

    expect(it.call.session?.remoteSdp).toContain(phoneAddress(1));
    expect(phone.sessions[0]?.remoteSdp).toContain('m=audio 5000');
    expect(it.report()).toMatchObject({ winner: 0, branches: [{ screening: 'accepted' }] });
    expect(it.stage.originFaults).toEqual([]);

    it.call.session?.bye();
    await it.stage.clock.advance(1_000);
    expect(phone.sessions[0]?.end?.by).toBe('remote');
    expect(it.stage.told).toEqual(['1 ringing', '1 answered', '1 completed completed']);
    expect(await it.stage.journal.all()).toEqual([]);
    expect(it.stage.edge.calls).toBe(0);
  });

  it.each([
    ['its document refuses', async (it: ScreeningStage) => it.decides(0, false)],
    [
      'the voice service hangs up without a word',
      async (it: ScreeningStage) => {
        it.sessions[0]?.bye();
        await it.stage.clock.advance(1_000);
      },
    ],
    ['its time is up', async (it: ScreeningStage) => it.stage.clock.advance(60_000)],
  ])('is hung up when %s, and the caller is told that nobody is there', async (_, end) => {
    const it = await ScreeningStage.open();
    const phone = await it.phone(1);
    await it.begins();
    await end(it);

    expect(phone.sessions[0]?.end?.by).toBe('remote');
    expect(it.sessions[0]?.end).toBeDefined();
    expect(it.call.failed?.status).toBe(480);
    expect(it.report()?.branches[0]).toMatchObject({ screening: 'refused', sipCode: 200 });
    expect(it.stage.told).toEqual(['1 ringing', '1 answered', '1 completed completed']);
    expect(await it.stage.journal.all()).toEqual([]);
  });

  it('is told to be joined when it is, not when it has answered, to whoever asked for that', async () => {
    const it = await ScreeningStage.open([{ screening }], { calls: [subscribedToJoining] });
    await it.phone(1);
    await it.begins();
    const whileScreened = it.stage.told;
    await it.decides(0, true);

    expect(whileScreened).toEqual(['1 ringing', '1 answered']);
    expect(it.stage.told).toEqual(['1 ringing', '1 answered', '1 joined']);
    const joined = it.stage.events.at(-1);
    expect(joined?.detail).toMatchObject({
      metadata: { sequenceNumber: 3 },
      call: { status: 'in-progress' },
      callback: { event: 'joined', sequenceNumber: 1 },
    });
    expect(it.report()?.outbox).toMatchObject([{ type: 'Call Joined' }]);
    it.call.session?.bye();
    await it.stage.clock.advance(1_000);
  });

  it('is never told to be joined where it refuses', async () => {
    const it = await ScreeningStage.open([{ screening }], { calls: [subscribedToJoining] });
    await it.phone(1);
    await it.begins();
    await it.decides(0, false);

    expect(it.stage.told).toEqual(['1 ringing', '1 answered', '1 completed completed']);
  });

  it('may take all of its time and not a moment more', async () => {
    const it = await ScreeningStage.open();
    const phone = await it.phone(1);
    await it.begins(1_000);
    // A tenth of a second passes until it rings.
    await it.stage.clock.advance(59_900);
    expect(phone.sessions[0]?.end).toBeUndefined();
    await it.stage.clock.advance(300);
    expect(phone.sessions[0]?.end?.by).toBe('remote');
  });

  it('that hangs up meanwhile has refused, and the voice service is told', async () => {
    const it = await ScreeningStage.open();
    const phone = await it.phone(1);
    await it.begins();
    phone.sessions[0]?.bye();
    await it.stage.clock.advance(1_000);

    expect(it.sessions[0]?.end?.by).toBe('remote');
    expect(it.call.failed?.status).toBe(480);
    expect(it.stage.told.at(-1)).toBe('1 completed completed');
  });

  it('ends with the voice service’s leg when the caller has gone', async () => {
    const it = await ScreeningStage.open();
    const phone = await it.phone(1);
    await it.begins();
    it.call.outgoing.cancel();
    await it.stage.clock.advance(1_000);

    expect(phone.sessions[0]?.end?.by).toBe('remote');
    expect(it.sessions[0]?.end?.by).toBe('remote');
    expect(it.report()?.branches[0]?.screening).toBe('open');
    expect(it.stage.told).toEqual(['1 ringing', '1 answered', '1 completed completed']);
    expect(it.stage.edge.calls).toBe(0);
  });

  it('is joined though the voice service never answers, where a document without a word has accepted', async () => {
    const it = await ScreeningStage.open();
    await it.phone(1);
    it.stage.connector.onInvite = invitation => {
      void it.stage.plans
        .decide(TOKEN, 0, { accepted: true, notifications: [] })
        .then(() => invitation.reject(480));
    };
    await it.begins(3_000);
    expect(it.call.session?.remoteSdp).toContain(phoneAddress(1));
  });

  it('is refused where the voice service would not take it', async () => {
    const it = await ScreeningStage.open();
    const phone = await it.phone(1);
    it.stage.connector.onInvite = invitation => invitation.reject(503);
    await it.begins(3_000);
    expect(phone.sessions[0]?.end?.by).toBe('remote');
    expect(it.call.failed?.status).toBe(480);
  });

  it('is hung up where the caller’s media are none that it takes', async () => {
    const it = await ScreeningStage.open();
    const phone = await it.phone(1);
    await it.begins();
    const [callee] = phone.sessions;
    if (callee) callee.onOffer = offer => offer.reject(488);
    await it.decides(0, true);

    expect(callee?.end?.by).toBe('remote');
    expect(it.call.failed?.status).toBe(488);
    expect(it.report()?.winner).toBeUndefined();
    expect(it.stage.told.at(-1)).toBe('1 completed completed');
  });

  it('is not even called by an edge that reaches no voice service', async () => {
    const it = await ScreeningStage.open([{ screening }], {}, await EdgeStage.open());
    await it.begins(500);
    expect(it.stage.outsideLadder).toEqual([]);
    expect(it.stage.told).toEqual(['1 completed failed']);
    expect(it.call.failed?.status).toBe(500);
  });

  it('is hung up by the next process when the edge is killed, and so is the voice service’s leg', async () => {
    const stage = await EdgeStage.open({ voiceConnector: VOICE_SERVICE });
    await stage.edge.stop();
    const kill = await killable(stage, { voiceConnector: VOICE_SERVICE });
    const it = await ScreeningStage.open([{ screening }], {}, stage);
    const phone = await it.phone(1);
    await it.begins();
    await kill();
    await stage.startEdge({ voiceConnector: VOICE_SERVICE });
    await stage.clock.advance(3_000);

    expect(phone.sessions[0]?.end?.by).toBe('remote');
    expect(it.sessions[0]?.end?.by).toBe('remote');
    // What may not have been published is published once more.
    expect([...new Set(stage.told)]).toEqual(['1 ringing', '1 answered', '1 completed failed']);
    expect(await stage.journal.all()).toEqual([]);
  });
});

describe('other targets, while one is screened', () => {
  it('ring on, and one that answers wins', async () => {
    const it = await ScreeningStage.open([{ screening }, {}]);
    const first = await it.phone(1);
    await it.phone(2, 5_000);
    await it.begins(6_000);

    expect(it.call.session?.remoteSdp).toContain(phoneAddress(2));
    expect(first.sessions[0]?.end?.by).toBe('remote');
    expect(it.sessions[0]?.end?.by).toBe('remote');
    expect(it.report()?.winner).toBe(1);
    expect(it.stage.told).toEqual([
      '1 ringing',
      '2 ringing',
      '1 answered',
      '2 answered',
      '1 completed completed',
    ]);
  });

  it('go on when it has refused, until all have ended', async () => {
    const it = await ScreeningStage.open([{ screening }, {}]);
    await it.phone(1);
    await it.stage.phone(2, ringingPhone());
    await it.begins();
    await it.decides(0, false);
    expect(it.call.failed).toBeUndefined();

    await it.stage.clock.advance(30_000);
    expect(it.call.failed?.status).toBe(480);
    expect(it.stage.told.at(-1)).toBe('2 completed no-answer');
  });

  it('are cancelled at its answer where the plan says so', async () => {
    const it = await ScreeningStage.open([{ screening }, {}], { othersDuringScreening: 'cancel' });
    await it.phone(1);
    await it.stage.phone(2, ringingPhone());
    await it.begins();
    expect(it.stage.told).toContain('2 completed canceled');

    await it.decides(0, false);
    expect(it.call.failed?.status).toBe(480);
  });

  it('stop ringing when their time is up, which is not the time of the one that is screened', async () => {
    const it = await ScreeningStage.open([{ screening }, {}], { ringTimeoutSeconds: 5 });
    await it.phone(1);
    await it.stage.phone(2, ringingPhone());
    await it.begins(10_000);
    expect(it.stage.told).toContain('2 completed no-answer');

    await it.decides(0, true);
    expect(it.call.session?.remoteSdp).toContain(phoneAddress(1));
  });

  it('may be screened too: the first that accepts is joined', async () => {
    const it = await ScreeningStage.open([{ screening }, { screening }]);
    const phones = [await it.phone(1), await it.phone(2, 1_500)];
    await it.begins();
    const tokens = it.invitations.map(({ request }) => request.headers.get('X-Dialplane-Token'));
    expect(tokens).toEqual([`${TOKEN}-0`, `${TOKEN}-1`]);

    await it.decides(1, true, 1);
    expect(it.call.session?.remoteSdp).toContain(phoneAddress(2));
    expect(phones[0]?.sessions[0]?.end?.by).toBe('remote');
    expect(it.sessions[0]?.end?.by).toBe('remote');
    expect(it.report()).toMatchObject({
      winner: 1,
      branches: [{ screening: 'open' }, { screening: 'accepted' }],
    });
  });
});
