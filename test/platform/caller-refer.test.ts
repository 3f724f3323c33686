/** A caller who sends on whoever has answered. Real time and real sockets. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IncomingInvitation, Session } from '../../sip/user-agent.ts';
import type { SipPhone } from '../sma/support/sip-phone.ts';
import { DialPlatform, expectToldInOrder, HANDSET } from '../support/dial-platform.ts';
import { OWN } from '../support/test-platform.ts';

let test: DialPlatform;

beforeAll(async () => {
  test = await DialPlatform.start();
});
expectToldInOrder(() => test);
afterAll(() => test.close());

const CAROL = 'sip:carol@sip.example.com';
const MONOLOGUE = '<Say>Hello you.</Say><Pause length="60"/>';
const uri = (name: string, phone: SipPhone) => `sip:${name}@127.0.0.1:${phone.port};transport=udp`;
const document = (path: string, verbs: string) => test.customer.on(path, `<Response>${verbs}</Response>`);
/** By that call, and the one that it has dialled: what a call of the test before still has to say may come late. */
const asked = (path: string, sid: string) =>
  test.customer
    .asked(path)
    .map(({ parameters }) => parameters)
    .filter(({ CallSid, ParentCallSid }) => [CallSid, ParentCallSid].includes(sid));
const calleeOf = (sid: string) => sid.replace(/0000$/, '0001');
const isOver = (call: string) =>
  test.until(() => test.story.includes(`${call} Call Completed completed`), `${call} is over`);

interface Talk {
  alice: Session;
  bob: SipPhone;
  sid: string;
}

/** Alice is called, and her document dials; she talks with whom it dials. */
async function talking(attributes: string, noun?: string): Promise<Talk> {
  const [alice, bob] = await Promise.all([test.phone(), test.phone()]);
  const action = document('/after', '');
  const dial = `<Dial action="${action}" ${attributes}>${noun ?? `<Sip>${uri('bob', bob)}</Sip>`}</Dial>`;
  const { sid } = await test.api<{ sid: string }>('Calls.json', {
    To: uri('alice', alice),
    From: OWN,
    Twiml: `<Response>${dial}</Response>`,
  });
  await test.until(() => test.callerTalks && test.story.includes('1 Call Answered in-progress'), 'they talk');
  return { alice: alice.taken[0] as Session, bob, sid };
}

describe('A caller that sends REFER', () => {
  it('is hung up where its Dial has a referUrl, whose document the callee goes on with', async () => {
    const { alice, bob, sid } = await talking(`referUrl="${document('/refer', MONOLOGUE)}"`);
    const referral = await alice.refer(CAROL);
    await test.until(() => bob.sounds.length > 0, 'the callee hears its document');
    await isOver('0');
    expect([referral.status, alice.end?.by, bob.taken[0]?.end]).toEqual([200, 'remote', undefined]);
    expect(asked('/refer', sid)).toEqual([
      expect.objectContaining({
        ReferTransferTarget: CAROL,
        CallSid: calleeOf(sid),
        ParentCallSid: sid,
        CallStatus: 'in-progress',
      }),
    ]);
    bob.taken[0]?.bye();
    await isOver('1');
    expect(asked('/after', sid)).toEqual([]);
  });

  it('may be one that the edge has taken out of another bridge, and that dials from there', async () => {
    const { bob, sid } = await talking('');
    const eve = await test.phone();
    const referUrl = document('/refer', MONOLOGUE);
    const Url = document('/next', `<Dial referUrl="${referUrl}"><Sip>${uri('eve', eve)}</Sip></Dial>`);
    await test.api(`Calls/${calleeOf(sid)}.json`, { Url });
    await test.until(() => eve.taken.length > 0, 'eve answers');
    await isOver('0');
    await test.until(() => test.callerTalks, 'bob and eve talk');
    const referral = await bob.taken[0]?.refer(CAROL);
    await test.until(() => eve.sounds.length > 0, 'eve hears her document');
    await isOver('1');
    expect([referral?.status, bob.taken[0]?.end?.by, eve.taken[0]?.end]).toEqual([200, 'remote', undefined]);
    expect(asked('/refer', calleeOf(sid))).toHaveLength(1);
  });

  it('is refused while its callee rings, and while it is screened', async () => {
    const [alice, bob] = await Promise.all([test.phone(), test.phone(() => {})]);
    const screen = document('/screen', MONOLOGUE);
    const referUrl = document('/refer', MONOLOGUE);
    const dial = `<Dial referUrl="${referUrl}"><Sip url="${screen}">${uri('bob', bob)}</Sip></Dial>`;
    const { sid } = await test.api<{ sid: string }>('Calls.json', {
      To: uri('alice', alice),
      From: OWN,
      Twiml: `<Response>${dial}</Response>`,
    });
    await test.until(() => bob.invitations.length > 0, 'bob rings');
    await expect(alice.taken[0]?.refer(CAROL)).rejects.toMatchObject({ status: 603 });
    bob.accept(bob.invitations[0] as IncomingInvitation);
    await test.until(() => bob.sounds.length > 0, 'bob hears the screening');
    await expect(alice.taken[0]?.refer(CAROL)).rejects.toMatchObject({ status: 603 });
    expect(asked('/refer', sid)).toEqual([]);
  });

  it.each([
    ['the Dial has no referUrl', '', undefined],
    ['the voice service itself has dialled', 'referUrl="/refer"', `<Number>${HANDSET.callee}</Number>`],
  ])('is refused where %s, and the two go on talking', async (_, attributes, noun) => {
    const { alice, bob, sid } = await talking(attributes.replace('/refer', document('/refer', '')), noun);
    await expect(alice.refer(CAROL)).rejects.toMatchObject({ status: 603 });
    expect([alice.end, bob.taken[0]?.end, test.callerTalks]).toEqual([undefined, undefined, true]);
    expect(asked('/refer', sid)).toEqual([]);
  });
});

describe('A transfer in which somebody hangs up', () => {
  const hangers: [string, (talk: Talk) => void][] = [
    ['callee', ({ bob }) => bob.taken[0]?.bye()],
    ['caller', ({ alice }) => alice.bye()],
  ];
  const cases = hangers.flatMap(([who, hangUp]) => [0, 5, 15, 40].map(ms => [who, ms, hangUp] as const));

  it.each(cases)(
    'ends every call once, and asks no document twice: the %s, %i ms on',
    async (_, ms, hangUp) => {
      const talk = await talking(`referUrl="${document('/refer', MONOLOGUE)}"`);
      // It may come too late.
      const referral = talk.alice.refer(CAROL).catch(() => undefined);
      await new Promise(resolve => setTimeout(resolve, ms));
      hangUp(talk);
      await referral;
      await isOver('0');
      talk.bob.taken[0]?.bye();
      await isOver('1');
      const told = ['/refer', '/after'].flatMap(path => asked(path, talk.sid));
      expect(told.length).toBeLessThanOrEqual(1);
    },
  );

  it('twice, at the same time, moves the callee once', async () => {
    const { alice, bob, sid } = await talking(`referUrl="${document('/refer', MONOLOGUE)}"`);
    await Promise.allSettled([alice.refer(CAROL), alice.refer(CAROL)]);
    await test.until(() => bob.sounds.length > 0, 'the callee hears its document');
    expect(asked('/refer', sid)).toHaveLength(1);
  });
});
