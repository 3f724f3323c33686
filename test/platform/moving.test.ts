/** Callees that are taken out of their bridge and go on by themselves: from the API to RTP. Real time and real sockets. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toUuid } from '../../core/sid.ts';
import type { SipPhone } from '../sma/support/sip-phone.ts';
import { DialPlatform, expectToldInOrder, HANDSET } from '../support/dial-platform.ts';

let test: DialPlatform;

beforeAll(async () => {
  test = await DialPlatform.start();
});
expectToldInOrder(() => test);
afterAll(() => test.close());

const sip = (phone: SipPhone, attributes = '') =>
  `<Sip ${attributes}>sip:bob@127.0.0.1:${phone.port};transport=udp</Sip>`;
const document = (path: string, verbs: string) => test.customer.on(path, `<Response>${verbs}</Response>`);
const joined = () =>
  test.until(() => test.callerTalks && test.story.includes('1 Call Answered in-progress'), 'they talk');
const isHeardBy = (number: string, words: string) =>
  test.platform.handsets.get(number).heard.some(heard => heard.kind === 'text' && heard.text.includes(words));
const calleeOf = (sid: string) => sid.replace(/0000$/, '0001');
const caller = () => test.platform.handsets.get(HANDSET.caller);
const isOver = (call: string) =>
  test.until(() => test.story.includes(`${call} Call Completed completed`), `${call} is over`);
const MONOLOGUE = '<Say>Hello you.</Say><Pause length="60"/>';

/** Bob is dialled, and talks with the caller. */
async function bridged(): Promise<{ bob: SipPhone; sid: string; callee: string }> {
  const bob = await test.phone();
  const sid = await test.dials(sip(bob), 'hangupOnStar="false"');
  await joined();
  return { bob, sid, callee: calleeOf(sid) };
}

/** Of what it hears, so much was something else. */
const hears = (phone: SipPhone, before = 0) =>
  test.until(() => phone.sounds.length > before, 'the callee hears its document');

describe('a callee that is led to another document', () => {
  it('hears it, in its own call, while the caller goes on after its Dial', async () => {
    const { bob, sid, callee } = await bridged();
    await test.api(`Calls/${callee}.json`, { Url: document('/next', MONOLOGUE) });
    await hears(bob);

    expect(test.customer.asked('/next').map(({ parameters }) => parameters)).toEqual([
      expect.objectContaining({ CallSid: callee, ParentCallSid: sid, CallStatus: 'in-progress' }),
    ]);
    expect(await test.afterDial(sid)).toMatchObject({
      DialCallStatus: 'completed',
      DialCallSid: callee,
      DialBridged: 'true',
    });
    await isOver('0');
    expect(bob.taken[0]?.end).toBeUndefined();
    expect(test.story).not.toContain('1 Call Completed completed');
    expect(await test.api(`Calls/${callee}.json`)).toMatchObject({
      status: 'in-progress',
      parent_call_sid: sid,
      end_time: null,
    });
    expect(await test.api(`Calls/${sid}.json`)).toMatchObject({ status: 'completed' });

    bob.taken[0]?.bye();
    await isOver('1');
    expect(await test.api(`Calls/${callee}.json`)).toMatchObject({ status: 'completed' });
  });

  it('is listed once, after the call that dialled it', async () => {
    const { bob, sid, callee } = await bridged();
    await test.api(`Calls/${callee}.json`, { Url: document('/next', MONOLOGUE) });
    await hears(bob);
    await isOver('0');
    const { calls } = await test.api<{ calls: { sid: string; status: string }[] }>('Calls.json?PageSize=2');
    expect(calls.map(call => [call.sid, call.status])).toEqual([
      [callee, 'in-progress'],
      [sid, 'completed'],
    ]);
  });

  it('dials from there, and is led on and hung up as any call', async () => {
    const { bob, callee } = await bridged();
    await test.api(`Calls/${callee}.json`, { Url: document('/next', `<Dial>${HANDSET.callee}</Dial>`) });
    await test.until(() => test.platform.handsets.get(HANDSET.callee).state === 'in-call', 'bob talks again');
    await isOver('0');
    const { calls } = await test.api<{ calls: { parent_call_sid: string; to: string }[] }>(
      `Calls.json?ParentCallSid=${callee}`,
    );
    expect(calls).toMatchObject([{ to: HANDSET.callee, status: 'in-progress' }]);

    const rung = bob.sounds.length;
    await test.api(`Calls/${callee}.json`, { Url: document('/more', MONOLOGUE) });
    await hears(bob, rung);
    expect(test.platform.handsets.get(HANDSET.callee).state).toBe('idle');
    await test.api(`Calls/${callee}.json`, { Status: 'completed' });
    await test.until(() => bob.taken[0]?.end?.by === 'remote', 'bob is hung up');
  });

  it('is hung up when its document ends', async () => {
    const { bob, callee } = await bridged();
    await test.api(`Calls/${callee}.json`, { Url: document('/next', '<Say>Goodbye.</Say>') });
    await test.until(() => bob.taken[0]?.end?.by === 'remote', 'bob is hung up');
  });

  it.each([
    ['says nothing', '<Hangup/>'],
    ['rejects', '<Reject/>'],
  ])('is hung up when its document %s', async (_, verbs) => {
    const { bob, callee } = await bridged();
    await test.api(`Calls/${callee}.json`, { Url: document('/next', verbs) });
    await test.until(() => bob.taken[0]?.end?.by === 'remote', 'bob is hung up');
    expect(test.customer.asked('/next')).toHaveLength(1);
  });

  it('hears it through the media relay where its codec is PCMA', async () => {
    const bob = await test.phone(invitation => {
      bob.taken.push(invitation.accept({ sdp: bob.sdp({ formats: '8 101' }) }));
    });
    const sid = await test.dials(sip(bob, 'codecs="PCMA"'));
    await joined();
    const invites = bob.invitations.length;
    await test.api(`Calls/${calleeOf(sid)}.json`, { Url: document('/next', MONOLOGUE) });
    await test.until(
      () =>
        bob.heard.some(
          ({ payloadType, payload }) => payloadType === 8 && payload.some(byte => byte !== 0xd5),
        ),
      'bob hears it in PCMA',
    );
    expect(bob.invitations).toHaveLength(invites);
  });

  it('may have been screened', async () => {
    const bob = await test.phone();
    const sid = await test.dials(sip(bob, `url="${document('/screen', '<Pause/>')}"`));
    await joined();
    await test.api(`Calls/${calleeOf(sid)}.json`, { Url: document('/next', MONOLOGUE) });
    await hears(bob);
    await test.afterDial(sid);
  });

  it('may be a phone number that the edge has dialled', async () => {
    const screen = document('/screen', '<Pause/>');
    const sid = await test.dials(`<Number url="${screen}">${HANDSET.callee}</Number>`);
    await joined();
    await test.api(`Calls/${calleeOf(sid)}.json`, { Url: document('/next', MONOLOGUE) });
    await test.until(() => test.customer.asked('/next').length > 0, 'its document is asked');
    await test.afterDial(sid);
    expect(test.platform.handsets.get(HANDSET.callee).state).toBe('in-call');
  });

  it('cannot go anywhere when the voice service itself has dialled it', async () => {
    const sid = await test.dials(HANDSET.callee);
    await joined();
    await expect(test.api(`Calls/${calleeOf(sid)}.json`, { Url: document('/next', '') })).rejects.toThrow(
      /422.*over a trunk/,
    );
    expect(test.customer.asked('/next')).toEqual([]);
  });
});

describe('a move that somebody hangs up in', () => {
  const hangers: [string, (bob: SipPhone) => void][] = [
    ['callee', bob => bob.taken[0]?.bye()],
    ['caller', () => test.platform.handsets.hangUp(HANDSET.caller)],
  ];
  const cases = hangers.flatMap(([who, hangUp]) => [0, 5, 15, 40].map(ms => [who, ms, hangUp] as const));

  it.each(cases)(
    'ends every call once, and asks no document twice: the %s, %i ms on',
    async (_, ms, hangUp) => {
      const { bob, callee } = await bridged();
      const moved = test.api(`Calls/${callee}.json`, { Url: document('/next', MONOLOGUE) });
      await new Promise(resolve => setTimeout(resolve, ms));
      hangUp(bob);
      // It may come too late.
      await moved.catch(() => undefined);
      bob.taken[0]?.bye();
      await isOver('1');
      expect(test.customer.asked('/next').length).toBeLessThanOrEqual(1);
    },
  );
});

describe('Plivo', () => {
  const user = (phone: SipPhone) => `<User>sip:bob@127.0.0.1:${phone.port}</User>`;
  const plivoBridge = async () => {
    const bob = await test.phone();
    const uuid = await test.dialsInPlivo(user(bob));
    await joined();
    return { bob, uuid };
  };

  it('leads the B leg alone to bleg_url, and the A leg goes on after its Dial', async () => {
    const { bob, uuid } = await plivoBridge();
    const bleg_url = document('/b', '<Speak>Hello you.</Speak><Wait length="60"/>');
    expect(await test.plivo(`Call/${uuid}/`, { legs: 'bleg', bleg_url })).toMatchObject({
      status: 202,
      body: { message: 'call transferred' },
    });
    await hears(bob);
    expect(await test.afterDial(uuid)).toMatchObject({
      DialStatus: 'completed',
      DialHangupCause: 'NORMAL_CLEARING',
    });
    const [asked] = test.customer.asked('/b');
    expect(asked?.parameters).toMatchObject({ Event: 'Redirect', CallStatus: 'in-progress' });
    await isOver('0');
    expect(test.customer.asked('/events').map(({ parameters }) => parameters['DialAction'])).not.toContain(
      'hangup',
    );
    bob.taken[0]?.bye();
    await test.until(
      () => test.customer.asked('/events').some(({ parameters }) => parameters['DialAction'] === 'hangup'),
      'the end of the B leg is told',
    );
  });

  it('leads both legs on, each to its own URL', async () => {
    const { bob, uuid } = await plivoBridge();
    const urls = {
      aleg_url: document('/a', '<Speak>You first.</Speak><Wait length="60"/>'),
      bleg_url: document('/b', '<Speak>Hello you.</Speak><Wait length="60"/>'),
    };
    expect((await test.plivo(`Call/${uuid}/`, { legs: 'both', ...urls })).status).toBe(202);
    await hears(bob);
    await test.until(() => isHeardBy(HANDSET.caller, 'You first'), 'the caller hears its own');
    expect(['/a', '/b', '/after'].map(path => test.customer.asked(path).length)).toEqual([1, 1, 0]);
    expect(bob.taken[0]?.end).toBeUndefined();
  });

  it('refuses to part what the voice service has dialled, with 400 and what to do', async () => {
    const uuid = await test.dialsInPlivo(`<Number>${HANDSET.callee}</Number>`);
    await joined();
    const bleg_url = document('/b', '');
    expect(await test.plivo(`Call/${uuid}/`, { legs: 'bleg', bleg_url })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('Dial it over a trunk') },
    });
  });

  it('has no B leg to lead on while nobody is joined: 404', async () => {
    const bob = await test.phone(() => {});
    const uuid = await test.dialsInPlivo(user(bob));
    await test.until(() => bob.invitations.length > 0, 'bob rings');
    const bleg_url = document('/b', '');
    expect((await test.plivo(`Call/${uuid}/`, { legs: 'bleg', bleg_url })).status).toBe(404);
    expect((await test.plivo(`Call/${toUuid(`CA${uuid.replaceAll('-', '')}`)}/`)).status).toBe(404);
  });
});

describe('Restcomm', () => {
  const rcmlBridge = async () => {
    const bob = await test.phone();
    const sid = await test.dialsInRcml(sip(bob));
    await joined();
    return { bob, sid, callee: calleeOf(sid) };
  };

  it('I04: the callee dials somebody else, its dialog is kept, and the caller is hung up', async () => {
    const { bob, callee } = await rcmlBridge();
    const alice = await test.phone();
    const Url = document('/next', `<Dial>${sip(alice)}</Dial>`);
    expect(await test.restcomm(`Calls/${callee}.json`, { Url })).toMatchObject({ status: 200 });
    await test.until(() => alice.taken.length > 0, 'alice answers');
    await isOver('0');
    expect([bob.taken[0]?.end, caller().state]).toEqual([undefined, 'idle']);
    alice.taken[0]?.bye();
    await test.until(() => bob.taken[0]?.end?.by === 'remote', 'bob is hung up after his Dial');
  });

  it('MoveConnectedCallLeg=true has both carry out the document', async () => {
    const { bob, sid, callee } = await rcmlBridge();
    const Url = document('/next', '<Say>Hello you.</Say><Pause length="60"/>');
    const answer = await test.restcomm(`Calls/${sid}.json`, { Url, MoveConnectedCallLeg: 'true' });
    expect(answer).toMatchObject({ status: 200, body: { sid } });
    await hears(bob);
    await test.until(() => isHeardBy(HANDSET.caller, 'Hello'), 'both hear it');
    const asked = test.customer.asked('/next').map(({ parameters }) => parameters['CallSid']);
    expect(asked.toSorted()).toEqual([sid, callee]);
    expect(test.customer.asked('/after')).toEqual([]);
  });

  it('MoveConnectedCallLeg=true is refused for a callee that the voice service has dialled, 409', async () => {
    const sid = await test.dialsInRcml(`<Number>${HANDSET.callee}</Number>`);
    await joined();
    const Url = document('/next', '');
    expect(await test.restcomm(`Calls/${sid}.json`, { Url, MoveConnectedCallLeg: 'true' })).toMatchObject({
      status: 409,
      body: { message: expect.stringMatching(/^1002: .*over a trunk/) },
    });
    expect(test.callerTalks).toBe(true);
  });
});
