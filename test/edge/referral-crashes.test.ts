/** One of two who talk sends the other one on (REFER), and the edge is killed once it is written where to, before that one's leg has ended. */
import { describe, expect, it } from 'vitest';
import type { StoredPlan } from '../../aws/dial-plans.ts';
import { movedSession } from '../../core/moving.ts';
import type { IncomingInvitation, Session } from '../../sip/user-agent.ts';
import {
  answeringPhone,
  CONNECTOR,
  CONNECTOR_SDP,
  childSid,
  EdgeStage,
  initiated,
} from './support/edge-stage.ts';
import { killable } from './support/killable.ts';

const VOICE_SERVICE = { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' };
/** Of the plans of the caller, of its Dial, and of the move that the handler leaves. */
const CALLER = 'callercallercallercaller';
const DIAL = 'dialdialdialdialdialdial';
const MOVED = 'movedmovedmovedmovedmove';
const SESSION = `CA${'7'.repeat(28)}0000`;
const CAROL = 'sip:carol@10.2.0.3';

/** How long the table and the journal take, where that is to be seen. */
const LATENCY_MS = 50;

/** Alice was called by the edge, and her Dial has joined her with Bob: each of them talks with a leg of the voice service. */
class ReferralStage {
  readonly stage: EdgeStage;
  /** Of calls that the edge has brought to the voice service: Alice's, and Bob's if he is moved. */
  readonly entered: IncomingInvitation[] = [];
  alice!: Session;
  bob!: Session;
  withAlice!: Session;
  withBob!: Session;
  kill!: () => Promise<void>;

  private constructor(stage: EdgeStage) {
    this.stage = stage;
  }

  static async open(): Promise<ReferralStage> {
    const it = new ReferralStage(await EdgeStage.open());
    const { stage } = it;
    const { clock, plans } = stage;
    await stage.edge.stop();
    await it.start();
    stage.connector.onInvite = invitation => {
      it.entered.push(invitation);
      it.withAlice ??= invitation.accept({ sdp: CONNECTOR_SDP });
    };
    const phones = [1, 2].map(n => answeringPhone(stage, n, { takesOffers: true }));
    for (const [at, phone] of phones.entries()) await stage.phone(at + 1, phone);

    const { parentSid: _, ...call } = { ...initiated(0), sid: childSid(0) };
    await stage.plan([{}], { token: CALLER, kind: 'originate', calls: [call] });
    await stage.edge.originate(CALLER);
    await clock.advance(2_000);
    await plans.close(CALLER, plans.items.get(CALLER)?.version ?? 0);
    await stage.plan([{ uri: 'sip:bob@10.2.0.2' }], { token: DIAL, takesRefer: true });
    const dial = stage.call({}, DIAL);
    await clock.advance(2_000);

    const [alice, bob] = phones.map(({ sessions }) => sessions[0]);
    if (!alice || !bob || !dial.session) throw new Error('They do not talk.');
    [it.alice, it.bob, it.withBob] = [alice, bob, dial.session];
    return it;
  }

  async start(): Promise<void> {
    this.kill = await killable(this.stage, { voiceConnector: VOICE_SERVICE });
  }

  /** That one sends the other one on; the edge is killed as soon as it is written, and started again. */
  async sendsOn(who: Session): Promise<void> {
    const { clock, plans } = this.stage;
    plans.after = async item => {
      if (sentTo(item) === undefined) return;
      // The table's answer is on its way for so long.
      await this.#sleep(100);
      await this.kill();
    };
    const referral = who.refer(CAROL);
    await clock.advance(1_000);
    expect([(await referral).status, sentTo(this.dial)]).toEqual([100, CAROL]);
    expect(this.up).toHaveLength(4);
    plans.after = async () => {};
    await this.start();
  }

  /** The edge can be killed between its writes. */
  slowDown(): void {
    const { plans, journal } = this.stage;
    const remove = journal.remove.bind(journal);
    plans.before = plans.after = () => this.#sleep(LATENCY_MS);
    journal.remove = token => this.#sleep(LATENCY_MS).then(() => remove(token));
  }

  #sleep(ms: number): Promise<void> {
    return new Promise(resolve => this.stage.clock.setTimeout(resolve, ms));
  }

  get dial(): StoredPlan {
    const dial = this.stage.plans.items.get(DIAL);
    if (dial === undefined) throw new Error('There is no Dial.');
    return dial;
  }

  /** Which of the legs are up. */
  get up(): string[] {
    const legs = { alice: this.alice, withAlice: this.withAlice, bob: this.bob, withBob: this.withBob };
    return Object.entries(legs).flatMap(([name, { end }]) => (end === undefined ? [name] : []));
  }

  /** Each end that was told, however often. */
  get ends(): string[] {
    const { events, told } = this.stage;
    const byId = new Map(told.map((line, at) => [events[at]?.detail.metadata.id, line]));
    return [...byId.values()].filter(line => line.includes('completed'));
  }

  async written(): Promise<string[]> {
    return (await this.stage.journal.all()).map(({ kind, token }) => `${kind} ${token}`);
  }
}

/** Where the caller is written to have sent its callee, or the callee its caller. */
const sentTo = ({ referTo, report }: StoredPlan) => referTo ?? report?.branches[0]?.referTo;

/** Why a leg was hung up, as its BYE says. */
const reasonOf = ({ end }: Session) => end?.request?.headers.get('Reason');
const TRANSFERRED = 'SIP;cause=200;text="transferred"';

/** What is left when one of the two has sent the other one on: legs, what is written down, and the ends that were told. */
const LEFT = {
  // The callee is for the handler to move, once the voice service has told of the end of the caller's leg.
  alice: { up: ['bob', 'withBob'], written: [`bridge ${DIAL}`], ends: [] },
  // The caller goes on with the document of the referral, once the voice service has told of the end of the callee's leg.
  bob: { up: ['alice', 'withAlice'], written: [`bridge ${CALLER}`], ends: ['1 completed completed'] },
};
const WHO = ['alice', 'bob'] as const;

describe('an edge that is killed once it is written where a call goes on', () => {
  it.each(WHO)('hangs up %s, who has sent it on, when it starts again', async who => {
    const it = await ReferralStage.open();
    await it.sendsOn(it[who]);
    await it.stage.clock.advance(2_000);
    expect({ up: it.up, written: await it.written(), ends: it.ends }).toEqual(LEFT[who]);
    expect(reasonOf(it[who])).toBe(TRANSFERRED);
  });

  // It hangs up after a second; then there is a write, a leg more, and what was written down is removed.
  it.each(WHO.flatMap(who => [0, 500, 1_000, 1_025, 1_075, 1_125, 1_175].map(ms => [who, ms] as const)))(
    'does so as well when it is killed again: %s, %i ms on',
    async (who, ms) => {
      const it = await ReferralStage.open();
      await it.sendsOn(it[who]);
      it.slowDown();
      await it.stage.clock.advance(ms);
      await it.kill();
      await it.start();
      await it.stage.clock.advance(2_000);
      expect({ up: it.up, written: await it.written(), ends: it.ends }).toEqual(LEFT[who]);
      expect(reasonOf(it[who])).toBe(TRANSFERRED);
    },
  );

  it('moves the callee, whom the caller has sent on', async () => {
    const it = await ReferralStage.open();
    const { stage } = it;
    await it.sendsOn(it.alice);
    await stage.clock.advance(2_000);

    // What the handler does once the voice service has told of the end of her leg.
    expect(it.dial.referTo).toBe(CAROL);
    const nowMs = stage.clock.now();
    const entry = { sid: SESSION, token: MOVED, entry: { verbs: [] }, nowMs };
    await stage.plans.put(movedSession(it.dial, entry).plan, nowMs, 'edge-1');
    await stage.edge.move(MOVED);
    await stage.clock.advance(500);
    const [, moved] = it.entered;
    expect(moved?.request.headers.get('X-Dialplane-Token')).toBe(MOVED);
    moved?.accept({ sdp: CONNECTOR_SDP.replace('m=audio 5000', 'm=audio 5555') });
    await stage.clock.advance(2_000);
    expect([it.up, it.bob.remoteSdp]).toEqual([['bob'], expect.stringContaining('m=audio 5555')]);
    expect(await it.written()).toEqual([`bridge ${MOVED}`]);
    // Each of the two has a session by now, which tells its end.
    expect(it.ends).toEqual([]);
  });

  it('leaves the caller up whose callee was gone by then', async () => {
    const it = await ReferralStage.open();
    await it.sendsOn(it.alice);
    // Another edge may have had Bob.
    await it.kill();
    const { report } = it.dial;
    const [call] = report?.calls ?? [];
    if (call) Object.assign(call, { status: 'completed', endedAtMs: it.stage.clock.now() });
    await it.start();
    await it.stage.clock.advance(2_000);
    expect(it.up).toHaveLength(4);
  });

  it('reports where the callee has sent the caller, and how long they talked', async () => {
    const it = await ReferralStage.open();
    await it.sendsOn(it.bob);
    await it.stage.clock.advance(2_000);
    expect(it.dial.report).toMatchObject({
      calls: [{ status: 'completed' }],
      branches: [{ referTo: CAROL, talkMs: expect.any(Number) }],
    });
  });
});
