/**
 * What an open-source telephony server's own suite expects of a dial, row by row, where it is the SIP edge's to do:
 * sections B, C, D, E and G of the notes on it. Documents, action URLs and callbacks over HTTP are the control plane's,
 * and tried there. Where the row and the published documentation differ, the documentation holds, and the test says so.
 */
import { describe, expect, it } from 'vitest';
import type { CallEvent } from '../../core/event.ts';
import type { Session } from '../../sip/user-agent.ts';
import {
  answerAt,
  answeringPhone,
  childSid,
  EdgeStage,
  type Phone,
  phoneAddress,
  refusingPhone,
  ringingPhone,
  TOKEN,
} from './support/edge-stage.ts';

type Targets = Parameters<EdgeStage['plan']>[0];
type Plan = Parameters<EdgeStage['plan']>[1];

/** A dial to phones that do this, until `ms` later. */
async function dialled(
  phones: readonly Phone[],
  { ms = 2_000, targets, plan }: { ms?: number; targets?: Targets; plan?: Plan } = {},
) {
  const stage = await EdgeStage.open();
  for (const [at, phone] of phones.entries()) await stage.phone(at + 1, phone);
  await stage.plan(targets ?? phones.map(() => ({})), plan);
  const call = stage.call();
  await stage.clock.advance(ms);
  return { stage, call };
}

async function answered(options: { targets?: Targets; plan?: Plan } = {}) {
  const stage = await EdgeStage.open();
  const phone = answeringPhone(stage, 1);
  const agent = await stage.phone(1, phone);
  await stage.plan(options.targets ?? [{}], options.plan);
  const call = stage.call();
  await stage.clock.advance(2_000);
  const [callee] = phone.sessions;
  if (call.session === undefined || callee === undefined) throw new Error('not bridged');
  return { stage, caller: call.session, callee, agent };
}

/** Which of these the n-th phone got. */
const sent = (stage: EdgeStage, n: number) =>
  ['INVITE', 'ACK', 'CANCEL', 'BYE'].filter(method => stage.requestsTo(n, method).length > 0);
const branch = (stage: EdgeStage, at = 0) => stage.plans.reports.at(-1)?.branches[at];
const sequence = ({ detail }: CallEvent) => detail.callback?.sequenceNumber;

describe('B: a dial of one destination', () => {
  it('B01: the callee answers and hangs up: the caller gets BYE, and the dial is completed', async () => {
    const { stage, caller, callee } = await answered();
    callee.bye();
    await stage.clock.advance(2_000);
    expect(caller.end?.by).toBe('remote');
    expect(stage.told.at(-1)).toBe('1 completed completed');
  });

  it('B02: the caller hangs up: the callee gets BYE, and the dial is completed', async () => {
    const { stage, caller, callee } = await answered();
    caller.bye();
    await stage.clock.advance(2_000);
    expect(callee.end?.by).toBe('remote');
    expect(stage.told.at(-1)).toBe('1 completed completed');
  });

  it.each([
    ['B03', 403, 'failed'],
    ['B05', 486, 'busy'],
  ] as const)(
    '%s: the callee refuses with %i: it gets its ACK, the dial ends as %s',
    async (_, status, outcome) => {
      const { stage, call } = await dialled([refusingPhone(status)]);
      expect(sent(stage, 1)).toEqual(['INVITE', 'ACK']);
      expect([call.failed?.status, branch(stage)?.sipCode]).toEqual([status, status]);
      expect(stage.told).toEqual([`1 completed ${outcome}`]);
    },
  );

  it('B06: the callee rings past timeout=10: it gets CANCEL at 10 s', async () => {
    const { stage } = await dialled([ringingPhone()], { ms: 9_900, plan: { ringTimeoutSeconds: 10 } });
    expect(stage.requestsTo(1, 'CANCEL')).toEqual([]);
    await stage.clock.advance(200);
    expect(stage.requestsTo(1, 'CANCEL')).toHaveLength(1);
    expect(stage.told.at(-1)).toBe('1 completed no-answer');
  });

  it('B08: the callee answers the BYE with 404: the caller is not affected, and nothing is left', async () => {
    const { stage, caller, agent } = await answered();
    await agent.close();
    const phone = await stage.phone(1, () => {});
    phone.onRequest = incoming => incoming.respond(404);
    caller.bye();
    await stage.clock.advance(2_000);
    expect([caller.end?.by, stage.edge.calls]).toEqual(['local', 0]);
    expect(stage.told.at(-1)).toBe('1 completed completed');
  });

  it('B12, B15: dials one after the other: each is cancelled at its own time-out, and the next is a dial of its own', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, ringingPhone());
    await stage.phone(2, answeringPhone(stage, 2));
    await stage.plan([{}], { token: 'first', ringTimeoutSeconds: 3 });
    await stage.plan([{ uri: `sip:bob@${phoneAddress(2)}` }], { token: 'second', ringTimeoutSeconds: 3 });
    const first = stage.call({}, 'first');
    await stage.clock.advance(3_100);
    expect([first.failed?.status, stage.requestsTo(1, 'CANCEL').length]).toEqual([480, 1]);
    expect(stage.requestsTo(2, 'INVITE')).toEqual([]);
    const second = stage.call({}, 'second');
    await stage.clock.advance(2_000);
    expect(second.session).toBeDefined();
  });

  it('B20: a callee by TCP gets its INVITE by TCP', async () => {
    const stage = await EdgeStage.open();
    await stage.agent(phoneAddress(1), { transports: [stage.network.transport(phoneAddress(1), 'TCP')] });
    await stage.plan([{ transport: 'tcp' }]);
    stage.call();
    await stage.clock.advance(500);
    const [invite] = stage.requestsTo(1, 'INVITE');
    expect(invite?.via?.transport).toBe('TCP');
  });

  it('B21, B22: the caller id is the user of From and of Contact, at our host, and the caller’s name From’s display name (the row: the caller id Contact’s)', async () => {
    const { stage } = await dialled([ringingPhone()], {
      plan: { callerId: '+13055872294', callerName: 'bob' },
    });
    const [invite] = stage.requestsTo(1, 'INVITE');
    expect(invite?.headers.get('From')).toMatch(/^"?bob"? <sip:\+13055872294@10\.1\.0\.1>/);
    expect(invite?.headers.get('Contact')).toBe('<sip:+13055872294@10.1.0.1:5060>');
  });

  it('B23: a 200 with the headers of a load balancer: its ACK goes where the Contact leads (the row: where they say), and the call is completed', async () => {
    // Else a callee could have our requests sent anywhere. A balancer on the way has its place in Record-Route (RFC 3261 §16.6).
    const balanced = {
      'X-Sip-Balancer-InitialRemoteAddr': phoneAddress(2),
      'X-Sip-Balancer-InitialRemotePort': '5060',
    };
    const sessions: Session[] = [];
    const { stage } = await dialled(
      [
        invitation => sessions.push(invitation.accept({ sdp: answerAt(phoneAddress(1)), headers: balanced })),
        () => {},
      ],
      { targets: [{}] },
    );
    sessions[0]?.bye();
    await stage.clock.advance(2_000);
    expect([sent(stage, 1), sent(stage, 2)]).toEqual([['INVITE', 'ACK'], []]);
    expect(stage.told.at(-1)).toBe('1 completed completed');
  });
});

describe('C: headers of a SIP target, and what it answers', () => {
  it('C01, C03, C04: headers that the control plane has read from the target are in the INVITE as they are', async () => {
    const headers: [string, string][] = [
      ['X-mycustomheader', 'foo'],
      ['X-myotherheader', 'bar'],
    ];
    const { stage } = await dialled([ringingPhone()], { targets: [{ headers }] });
    const [invite] = stage.requestsTo(1, 'INVITE');
    expect(headers.map(([name]) => invite?.headers.get(name))).toEqual(['foo', 'bar']);
  });

  it('C06: X- headers of the 200 are there for the action URL before the caller is joined', async () => {
    const { stage, call } = await dialled([
      invitation => invitation.accept({ sdp: answerAt(phoneAddress(1)), headers: { 'X-Mood': 'good' } }),
    ]);
    expect(call.session).toBeDefined();
    expect(branch(stage)?.headers).toEqual([['X-Mood', 'good']]);
  });

  it.each([
    ['C07', 404, false, 'failed'],
    ['C08', 603, true, 'no-answer'],
  ] as const)(
    '%s: refused with %i (ringing before: %s): ACK, and the code for the action URL',
    async (_, status, rings, outcome) => {
      const { stage, call } = await dialled([
        invitation => {
          if (rings) invitation.progress(180);
          invitation.reject(status, { headers: { 'X-Why': 'because' } });
        },
      ]);
      expect(sent(stage, 1)).toEqual(['INVITE', 'ACK']);
      expect([call.failed?.status, branch(stage)?.sipCode]).toEqual([status, status]);
      expect(stage.told.at(-1)).toBe(`1 completed ${outcome}`);
    },
  );
});

describe('D: simultaneous ringing', () => {
  it.each([
    ['D01', 2],
    ['D02', 1],
  ] as const)(
    '%s: all of three ring, number %i answers: CANCEL to the others; the caller’s BYE ends it',
    async (_, n) => {
      const stage = await EdgeStage.open();
      const winner = answeringPhone(stage, n);
      for (const each of [1, 2, 3]) await stage.phone(each, each === n ? winner : ringingPhone());
      await stage.plan([{}, {}, {}]);
      const call = stage.call();
      await stage.clock.advance(2_000);
      for (const each of [1, 2, 3])
        expect(sent(stage, each)).toEqual(each === n ? ['INVITE', 'ACK'] : ['INVITE', 'ACK', 'CANCEL']);
      call.session?.bye();
      await stage.clock.advance(2_000);
      expect(winner.sessions[0]?.end?.by).toBe('remote');
    },
  );

  it('D03: of two, one answers and hangs up: CANCEL to the other, BYE to the caller', async () => {
    const stage = await EdgeStage.open();
    const winner = answeringPhone(stage, 2);
    await stage.phone(1, ringingPhone());
    await stage.phone(2, winner);
    await stage.plan([{}, {}]);
    const call = stage.call();
    await stage.clock.advance(2_000);
    winner.sessions[0]?.bye();
    await stage.clock.advance(2_000);
    expect(stage.requestsTo(1, 'CANCEL')).toHaveLength(1);
    expect(call.session?.end?.by).toBe('remote');
  });

  it('D04: a target that cannot be dialled is left out, and the other is joined', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, answeringPhone(stage, 1));
    await stage.plan([{}, { uri: 'tel:nobody' }]);
    const call = stage.call();
    await stage.clock.advance(2_000);
    expect(call.session).toBeDefined();
    expect(stage.told).toContain('2 completed failed');
  });

  it.each([
    ['D06', 486, 'busy'],
    ['D07', 603, 'no-answer'],
  ] as const)(
    '%s: two refuse with %i: each gets its ACK, and the third is joined',
    async (_, status, outcome) => {
      const stage = await EdgeStage.open();
      await stage.phone(1, refusingPhone(status));
      await stage.phone(2, refusingPhone(status));
      await stage.phone(3, answeringPhone(stage, 3));
      await stage.plan([{}, {}, {}]);
      const call = stage.call();
      await stage.clock.advance(2_000);
      expect([sent(stage, 1), sent(stage, 2)]).toEqual([
        ['INVITE', 'ACK'],
        ['INVITE', 'ACK'],
      ]);
      expect(call.session?.remoteSdp).toContain(phoneAddress(3));
      expect(stage.told.filter(line => line.endsWith(`completed ${outcome}`))).toHaveLength(2);
    },
  );

  it('D09: the caller gives up before any answer: CANCEL to all three', async () => {
    const { stage, call } = await dialled([ringingPhone(), ringingPhone(), ringingPhone()]);
    call.outgoing.cancel();
    await stage.clock.advance(1_000);
    expect([1, 2, 3].map(n => stage.requestsTo(n, 'CANCEL').length)).toEqual([1, 1, 1]);
    expect(stage.told.filter(line => line.endsWith('completed canceled'))).toHaveLength(3);
  });

  it.each([
    ['D10', 180],
    ['D11', 183],
  ] as const)(
    '%s: all ring past the time-out, one of them with %i: CANCEL to all, no answer',
    async (_, status) => {
      const phone: Phone = invitation => invitation.progress(status, { reliable: false });
      const { stage, call } = await dialled([phone, ringingPhone(), ringingPhone()], {
        ms: 5_100,
        plan: { ringTimeoutSeconds: 5 },
      });
      expect([1, 2, 3].map(n => stage.requestsTo(n, 'CANCEL').length)).toEqual([1, 1, 1]);
      expect(call.failed?.status).toBe(480);
      expect(stage.told.slice(0, 3).sort()).toEqual(['1 ringing', '2 ringing', '3 ringing']);
      expect(stage.told.filter(line => line.endsWith('completed no-answer'))).toHaveLength(3);
    },
  );

  it('D17: of two contacts of one client and another client, the first that answers takes the call', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, answeringPhone(stage, 1));
    await stage.phone(2, ringingPhone());
    await stage.phone(3, ringingPhone());
    await stage.plan([
      { uri: `sip:alice@${phoneAddress(1)}` },
      { uri: `sip:alice@${phoneAddress(2)}` },
      { uri: `sip:george@${phoneAddress(3)}` },
    ]);
    const call = stage.call();
    await stage.clock.advance(2_000);
    expect(call.session?.remoteSdp).toContain(phoneAddress(1));
    expect([2, 3].map(n => stage.requestsTo(n, 'CANCEL').length)).toEqual([1, 1]);
  });

  it('D20: refused with 480: ACK, and the end is there for the action URL', async () => {
    const { stage, call } = await dialled([refusingPhone(480)]);
    expect(sent(stage, 1)).toEqual(['INVITE', 'ACK']);
    expect([call.failed?.status, branch(stage)?.sipCode]).toEqual([480, 480]);
    expect(stage.told).toEqual(['1 completed no-answer']);
  });
});

describe('E: what the action URL is told', () => {
  it('E02, E07: a second of ringing and three of talk are reported as such; the call is an outbound dial', async () => {
    const { stage, callee } = await answered();
    await stage.clock.advance(2_000);
    callee.bye();
    await stage.clock.advance(2_000);
    expect(branch(stage)).toMatchObject({ sipCode: 200, ringMs: 1_000, talkMs: 3_000 });
    // The row's own direction is `outbound-api`; as documented it is a dial.
    expect(stage.events.at(-1)?.detail.call.direction).toBe('outbound-dial');
  });

  it('E04: rung past its time-out: no-answer as documented (the row: canceled), its ringing counted, no talk', async () => {
    const { stage } = await dialled([ringingPhone()], { ms: 3_100, plan: { ringTimeoutSeconds: 3 } });
    expect(stage.told.at(-1)).toBe('1 completed no-answer');
    expect(branch(stage)).toMatchObject({ ringMs: 3_000, sipCode: 487 });
    expect(branch(stage)?.talkMs).toBeUndefined();
  });

  it('E06: the control plane ends the call while it rings, and all that rings with it: CANCEL, and canceled', async () => {
    const { stage, call } = await dialled([ringingPhone()]);
    stage.edge.drop(TOKEN, childSid(1), 'canceled');
    await stage.clock.advance(1_000);
    expect(call.failed?.status).toBe(480);
    expect(stage.requestsTo(1, 'CANCEL')).toHaveLength(1);
    expect(stage.told.at(-1)).toBe('1 completed canceled');
    expect(branch(stage)?.talkMs).toBeUndefined();
  });
});

describe('G: events of the dialled leg, after `initiated`, which the control plane tells as 0', () => {
  it.each([
    ['G01, G07, G08', 'callee'],
    ['G02', 'caller'],
  ] as const)('%s: ended by the %s: ringing, answered, completed, numbered 1 to 3', async (_, who) => {
    const { stage, ...parties } = await answered();
    parties[who].bye();
    await stage.clock.advance(2_000);
    expect(stage.told).toEqual(['1 ringing', '1 answered', '1 completed completed']);
    expect(stage.events.map(sequence)).toEqual([1, 2, 3]);
  });

  it('G03: refused with 480 after ringing: ringing and completed, with its own outcome (the row: completed)', async () => {
    const { stage } = await dialled([
      invitation => {
        invitation.progress(180);
        invitation.reject(480);
      },
    ]);
    expect(stage.told).toEqual(['1 ringing', '1 completed no-answer']);
    // As documented: the order in which they were fired. The row skips a number.
    expect(stage.events.map(sequence)).toEqual([1, 2]);
  });

  it('G10: three that nobody answers within 2 s: ringing and completed for each; then one that answers, of which three are told', async () => {
    const { stage } = await dialled([ringingPhone(), ringingPhone(), ringingPhone()], {
      ms: 2_100,
      plan: { ringTimeoutSeconds: 2 },
    });
    expect(stage.told.toSorted()).toEqual(
      [1, 2, 3].flatMap(n => [`${n} completed no-answer`, `${n} ringing`]),
    );
    const alice = answeringPhone(stage, 4);
    await stage.phone(4, alice);
    await stage.plan([{ uri: `sip:alice@${phoneAddress(4)}` }], { token: 'second' });
    stage.call({}, 'second');
    await stage.clock.advance(2_000);
    alice.sessions[0]?.bye();
    await stage.clock.advance(2_000);
    expect(stage.told.slice(6)).toEqual(['1 ringing', '1 answered', '1 completed completed']);
    expect(stage.events.slice(6).map(sequence)).toEqual([1, 2, 3]);
  });
});
