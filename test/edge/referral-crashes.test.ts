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

/** Alice was called by the edge, and her Dial has joined her with Bob: each of them talks with a leg of the voice service. */
class ReferralStage {
  readonly stage: EdgeStage;
  /** Of calls that the edge has brought to the voice service: Alice's, and Bob's if he is moved. */
  readonly entered: IncomingInvitation[] = [];
  alice!: Session;
  bob!: Session;
  withAlice!: Session;
  withBob!: Session;

  private constructor(stage: EdgeStage) {
    this.stage = stage;
  }

  static async open(): Promise<ReferralStage> {
    const it = new ReferralStage(await EdgeStage.open());
    const { stage } = it;
    const { clock, plans } = stage;
    await stage.edge.stop();
    const kill = await killable(stage, { voiceConnector: VOICE_SERVICE });
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
    plans.after = async item => {
      if (sentTo(item) === undefined) return;
      // The table's answer is on its way for so long.
      await new Promise<void>(resolve => clock.setTimeout(resolve, 100));
      await kill();
    };
    return it;
  }

  /** That one sends the other one on; the edge is killed as soon as it is written, and started again. */
  async sendsOn(who: Session): Promise<void> {
    const { stage } = this;
    const referral = who.refer(CAROL).catch(() => undefined);
    await stage.clock.advance(1_000);
    stage.plans.after = async () => {};
    stage.edge = await stage.startEdge({ voiceConnector: VOICE_SERVICE });
    await stage.clock.advance(2_000);
    // It was accepted, and that it is done was not told any more.
    expect((await referral)?.status).toBe(100);
    expect(sentTo(this.dial)).toBe(CAROL);
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

  async written(): Promise<string[]> {
    return (await this.stage.journal.all()).map(({ kind, token }) => `${kind} ${token}`);
  }
}

/** Where the caller is written to have sent its callee, or the callee its caller. */
const sentTo = ({ referTo, report }: StoredPlan) => referTo ?? report?.branches[0]?.referTo;

/** How its leg ends at last. */
const ENDINGS: readonly [string, (who: Session) => unknown][] = [
  ['hangs up', who => who.bye()],
  ['sends it on again', who => who.refer(CAROL)],
];

describe('an edge that is killed once it is written where a call goes on', () => {
  it.each(['alice', 'bob'] as const)('goes on with the two, whom %s still talks with', async who => {
    const it = await ReferralStage.open();
    await it.sendsOn(it[who]);
    await it.stage.clock.advance(60_000);
    expect(it.up).toEqual(['alice', 'withAlice', 'bob', 'withBob']);
    expect(await it.written()).toEqual([`bridge ${CALLER}`, `bridge ${DIAL}`]);
    expect(it.stage.told.filter(line => line.includes('completed'))).toEqual([]);
  });

  it.each(ENDINGS)('moves the callee when the caller %s', async (_, ends) => {
    const it = await ReferralStage.open();
    const { stage } = it;
    await it.sendsOn(it.alice);
    void ends(it.alice);
    await stage.clock.advance(2_000);
    expect(it.up).toEqual(['bob', 'withBob']);

    // What the handler does once the voice service has told of that end.
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
    expect(stage.told.filter(line => line.includes('completed'))).toEqual([]);
  });

  it.each(ENDINGS)(
    'leaves the caller up for the document of the referral, and tells of one end, when the callee %s',
    async (_, ends) => {
      const it = await ReferralStage.open();
      await it.sendsOn(it.bob);
      void ends(it.bob);
      await it.stage.clock.advance(2_000);
      expect(it.up).toEqual(['alice', 'withAlice']);
      expect(it.dial.report).toMatchObject({
        calls: [{ status: 'completed' }],
        branches: [{ referTo: CAROL }],
      });
      expect(it.stage.told.filter(line => line.includes('completed'))).toEqual(['1 completed completed']);
      expect(await it.written()).toEqual([`bridge ${CALLER}`]);
    },
  );
});
