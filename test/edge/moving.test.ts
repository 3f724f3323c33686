/** Targets that are taken out of their bridge and brought to the voice service. */
import { describe, expect, it } from 'vitest';
import { movedSession } from '../../core/moving.ts';
import type { SipTarget } from '../../core/sip-target.ts';
import type { IncomingInvitation, Session } from '../../sip/user-agent.ts';
import {
  answeringPhone,
  CONNECTOR,
  CONNECTOR_SDP,
  EdgeStage,
  phoneAddress,
  TELEPHONE,
  telephone,
} from './support/edge-stage.ts';
import { killable } from './support/killable.ts';

const TOKEN = 'abcdefghijklmnopqrstuvwx';
const MOVED = 'movedmovedmovedmovedmove';
const SESSION = `CA${'7'.repeat(28)}0000`;
const VOICE_SERVICE = { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' };
/** What the voice service says of the call that is moved. */
const MOVED_SDP = CONNECTOR_SDP.replace('m=audio 5000', 'm=audio 5555');

/** Two who talk, and a plan that the callee be moved. */
class MovingStage {
  readonly stage: EdgeStage;
  /** Of the voice service's own calls, as they came. */
  readonly entered: IncomingInvitation[] = [];
  readonly sessions: Session[] = [];
  caller!: Session;
  callee!: Session;
  /** Ends its process without a word. */
  kill: () => Promise<void> = async () => {};

  private constructor(stage: EdgeStage) {
    this.stage = stage;
  }

  static async open(target: Partial<SipTarget> = {}): Promise<MovingStage> {
    const it = new MovingStage(await EdgeStage.open());
    await it.stage.edge.stop();
    it.kill = await killable(it.stage, { voiceConnector: VOICE_SERVICE, telephoneHost: TELEPHONE });
    it.stage.connector.onInvite = invitation => it.answers(invitation);
    const phone = answeringPhone(it.stage, 1, { takesOffers: true });
    if (target.telephone === undefined) await it.stage.phone(1, phone);
    else (await it.stage.agent(TELEPHONE)).onInvite = phone;
    await it.stage.plan([target]);
    const call = it.stage.call();
    await it.stage.clock.advance(2_000);
    const [callee] = phone.sessions;
    if (call.session === undefined || callee === undefined) throw new Error('They do not talk.');
    [it.caller, it.callee] = [call.session, callee];
    return it;
  }

  /** Set it for a voice service that does something else. */
  answers = (invitation: IncomingInvitation): void => {
    this.entered.push(invitation);
    this.sessions.push(invitation.accept({ sdp: MOVED_SDP }));
  };

  /** What the API leaves. */
  async leaves({ sid, token } = { sid: SESSION, token: MOVED }): Promise<void> {
    const { plans, clock } = this.stage;
    const bridge = await plans.get(TOKEN);
    if (bridge === undefined) throw new Error('There is no bridge.');
    const nowMs = clock.now();
    const { plan } = movedSession(bridge, { sid, token, entry: { verbs: [] }, nowMs });
    await plans.put(plan, nowMs, 'edge-1');
  }

  async moves(ms = 2_000): Promise<void> {
    await this.leaves();
    await this.stage.edge.move(MOVED);
    await this.stage.clock.advance(ms);
  }

  /** The voice service's first event is handled: from here on the control plane tells of the call. */
  async isMet(): Promise<void> {
    await this.stage.plans.close(MOVED, (await this.stage.plans.get(MOVED))?.version ?? 0);
  }

  get bridgeReport() {
    return this.stage.plans.items.get(TOKEN)?.report;
  }

  /** How often the callee's end was told. */
  get ends(): string[] {
    const told = new Map(this.stage.events.map(event => [event.detail.metadata.id, event]));
    return [...told.values()]
      .filter(({ type }) => type === 'Call Completed')
      .map(({ detail }) => detail.call.status);
  }
}

describe('a target that is moved', () => {
  it('is brought to the voice service with its own token, told where that is, and its caller is hung up', async () => {
    const it = await MovingStage.open();
    await it.moves();

    const [invitation] = it.entered;
    expect(invitation?.request.uri).toBe(VOICE_SERVICE.uri);
    expect(invitation?.request.headers.get('X-Dialplane-Token')).toBe(MOVED);
    expect(invitation?.sdp).toContain(phoneAddress(1));
    expect(it.callee.remoteSdp).toContain('m=audio 5555');
    expect(it.stage.originFaults).toEqual([]);
    expect([it.caller.end?.by, it.callee.end]).toEqual(['remote', undefined]);
    expect(it.bridgeReport).toMatchObject({
      calls: [{ status: 'in-progress', moved: { to: SESSION } }],
      branches: [{ talkMs: expect.any(Number) }],
    });
    expect(it.ends).toEqual([]);
    expect((await it.stage.journal.all()).map(({ kind, token }) => [kind, token])).toEqual([
      ['bridge', MOVED],
    ]);
  });

  it.each([
    ['the voice service', (it: MovingStage) => it.sessions[0]?.bye()],
    ['the callee', (it: MovingStage) => it.callee.bye()],
  ])('ends with whoever hangs up, %s, and its end is the control plane’s to tell', async (_, hangUp) => {
    const it = await MovingStage.open();
    await it.moves();
    await it.isMet();
    hangUp(it);
    await it.stage.clock.advance(2_000);
    expect([it.callee.end, it.sessions[0]?.end].map(end => end !== undefined)).toEqual([true, true]);
    expect(it.ends).toEqual([]);
    expect(await it.stage.journal.all()).toEqual([]);
    expect(it.stage.edge.calls).toBe(0);
  });

  it('may be a phone number that the edge has called', async () => {
    const it = await MovingStage.open(telephone('+12025550107'));
    await it.moves();
    expect(it.callee.remoteSdp).toContain('m=audio 5555');
    expect(it.callee.end).toBeUndefined();
  });

  it('is moved once, however often that is said', async () => {
    const it = await MovingStage.open();
    await it.moves();
    await it.stage.edge.move(MOVED);
    await it.stage.clock.advance(2_000);
    expect(it.entered).toHaveLength(1);
    expect(it.callee.end).toBeUndefined();
  });

  it('goes to one of two sessions that are to have it at the same time', async () => {
    const it = await MovingStage.open();
    const others = { sid: `CA${'8'.repeat(28)}0000`, token: 'othersothersothersothers' };
    await it.leaves();
    await it.leaves(others);
    const moves = [MOVED, others.token].map(token => it.stage.edge.move(token));
    await it.stage.clock.advance(2_000);
    await Promise.all(moves);

    const tokens = it.entered.map(({ request }) => request.headers.get('X-Dialplane-Token'));
    expect(tokens).toEqual([MOVED]);
    expect(it.bridgeReport?.calls[0]?.moved?.to).toBe(SESSION);
    expect([it.callee.end, it.ends]).toEqual([undefined, []]);
  });

  it('stays where it is when the plan comes too late', async () => {
    const it = await MovingStage.open();
    await it.leaves();
    await it.stage.clock.advance(61_000);
    await it.stage.edge.move(MOVED);
    await it.stage.clock.advance(2_000);
    expect([it.caller.end, it.callee.end, it.entered.length]).toEqual([undefined, undefined, 0]);
  });

  it.each<[string, (invitation: IncomingInvitation) => void]>([
    ['refuses it', invitation => invitation.reject(486)],
    ['does not answer', invitation => invitation.progress(180)],
  ])('is hung up, and told as completed, when the voice service %s', async (_, answers) => {
    const it = await MovingStage.open();
    it.answers = answers;
    await it.moves(40_000);
    expect(it.callee.end?.by).toBe('remote');
    expect(it.ends).toEqual(['completed']);
    expect(await it.stage.journal.all()).toEqual([]);
    expect(it.stage.edge.calls).toBe(0);
  });

  it('is hung up when its owner gives it up before the voice service has met it', async () => {
    const it = await MovingStage.open();
    it.answers = invitation => invitation.progress(180);
    await it.moves(1_000);
    await it.isMet();
    it.stage.edge.cancel(MOVED, 'completed');
    await it.stage.clock.advance(2_000);
    expect(it.callee.end?.by).toBe('remote');
    expect(it.ends).toEqual([]);
  });
});

describe('a move that somebody hangs up in', () => {
  it('is none when the callee has gone before', async () => {
    const it = await MovingStage.open();
    await it.leaves();
    it.callee.bye();
    await it.stage.clock.advance(2_000);
    await it.stage.edge.move(MOVED);
    await it.stage.clock.advance(2_000);
    expect([it.entered.length, it.bridgeReport?.calls[0]?.moved]).toEqual([0, undefined]);
    expect(it.ends).toEqual(['completed']);
  });

  it('is none when the control plane has ended the dial meanwhile: the callee is hung up', async () => {
    const it = await MovingStage.open();
    await it.leaves();
    await it.stage.plans.close(TOKEN, it.stage.plans.items.get(TOKEN)?.version ?? 0);
    await it.stage.edge.move(MOVED);
    await it.stage.clock.advance(2_000);
    expect([it.callee.end?.by, it.caller.end?.by, it.entered.length]).toEqual(['remote', 'remote', 0]);
    expect(it.ends).toEqual([]);
    expect(await it.stage.journal.all()).toEqual([]);
  });

  it.each([
    ['while the bridge is given up', 0],
    ['while the voice service is asked', 60],
  ])('ends the callee’s call once when the callee goes %s', async (_, ms) => {
    const it = await MovingStage.open();
    const { answers } = it;
    it.answers = invitation => {
      it.stage.clock.setTimeout(() => invitation.state === 'open' && answers(invitation), 500);
    };
    await it.leaves();
    const moved = it.stage.edge.move(MOVED);
    await it.stage.clock.advance(ms);
    it.callee.bye();
    await moved;
    await it.stage.clock.advance(3_000);
    expect(it.ends).toEqual(['completed']);
    expect(it.sessions.every(({ end }) => end !== undefined)).toBe(true);
    expect(await it.stage.journal.all()).toEqual([]);
  });

  it('goes on when the caller goes while the bridge is given up', async () => {
    const it = await MovingStage.open();
    await it.leaves();
    it.stage.plans.before = async what => {
      if (what !== 'report') return;
      it.stage.plans.before = async () => {};
      it.caller.bye();
      await new Promise(resolve => it.stage.clock.setTimeout(() => resolve(undefined), 500));
    };
    await it.stage.edge.move(MOVED);
    await it.stage.clock.advance(3_000);
    expect(it.callee.end).toBeUndefined();
    expect(it.callee.remoteSdp).toContain('m=audio 5555');
  });
});

describe('an edge that is killed', () => {
  it('before it has given the bridge up goes on with it', async () => {
    const it = await MovingStage.open();
    await it.leaves();
    let stuck = false;
    it.stage.plans.before = async what => {
      if (what === 'report') {
        stuck = true;
        await new Promise(() => {});
      }
    };
    void it.stage.edge.move(MOVED);
    await it.stage.clock.advance(1_000);
    expect(stuck).toBe(true);
    await it.kill();
    it.stage.plans.before = async () => {};
    await it.stage.startEdge({ voiceConnector: VOICE_SERVICE });
    await it.stage.clock.advance(2_000);
    expect([it.caller.end, it.callee.end]).toEqual([undefined, undefined]);
    expect((await it.stage.journal.all()).map(({ kind, token }) => [kind, token])).toEqual([
      ['bridge', TOKEN],
    ]);

    it.callee.bye();
    await it.stage.clock.advance(2_000);
    expect(it.caller.end?.by).toBe('remote');
    expect(it.ends).toEqual(['completed']);
  });

  it('while it moves hangs both up when it starts again, and tells the end once', async () => {
    const it = await MovingStage.open();
    it.answers = invitation => invitation.progress(180);
    await it.moves(100);
    await it.kill();
    await it.stage.startEdge({ voiceConnector: VOICE_SERVICE });
    await it.stage.clock.advance(3_000);
    expect([it.caller.end?.by, it.callee.end?.by]).toEqual(['remote', 'remote']);
    expect(it.ends).toEqual(['completed']);
    expect(await it.stage.journal.all()).toEqual([]);
  });

  it('in a call that was moved goes on with it', async () => {
    const it = await MovingStage.open();
    await it.moves();
    await it.isMet();
    await it.kill();
    await it.stage.startEdge({ voiceConnector: VOICE_SERVICE });
    await it.stage.clock.advance(2_000);
    expect([it.callee.end, it.sessions[0]?.end]).toEqual([undefined, undefined]);
    it.sessions[0]?.bye();
    await it.stage.clock.advance(2_000);
    expect(it.callee.end?.by).toBe('remote');
    expect(it.ends).toEqual([]);
    expect(await it.stage.journal.all()).toEqual([]);
  });
});
