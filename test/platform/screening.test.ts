/** Callees that hear a document before they are joined: from the API to RTP. Real time and real sockets. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SipPhone } from '../sma/support/sip-phone.ts';
import { DialPlatform, expectToldInOrder, HANDSET } from '../support/dial-platform.ts';
import { OWN, RINGING } from '../support/test-platform.ts';

let test: DialPlatform;

beforeAll(async () => {
  test = await DialPlatform.start();
});
expectToldInOrder(() => test);
afterAll(() => test.close());

const screen = (verbs: string) => test.customer.on('/screen', `<Response>${verbs}</Response>`);
const sip = (phone: SipPhone, url?: string) =>
  `<Sip ${url === undefined ? '' : `url="${url}"`}>sip:bob@127.0.0.1:${phone.port};transport=udp</Sip>`;
const isJoined = (phone: SipPhone) => test.until(() => phone.taken.length > 0 && callerTalks(), 'they talk');
const callerTalks = () => test.callerTalks;

describe('a SIP callee that is screened', () => {
  it('hears the document alone, and is joined when that ends', async () => {
    const bob = await test.phone();
    const sid = await test.dials(sip(bob, screen('<Say>A call.</Say>')));
    await test.until(() => bob.sounds.length > 0, 'bob hears the document');
    expect(callerTalks()).toBe(false);
    const [tone, ...else_] = test.platform.handsets.get(HANDSET.caller).heard;
    expect(else_).toEqual([]);
    expect(JSON.stringify(tone)).toContain(RINGING);

    await isJoined(bob);
    const [asked, ...more] = test.customer.asked('/screen');
    expect(more).toEqual([]);
    expect(asked).toMatchObject({
      method: 'POST',
      genuine: true,
      parameters: {
        CallSid: sid.replace(/0000$/, '0001'),
        ParentCallSid: sid,
        CallStatus: 'in-progress',
        Direction: 'outbound-dial',
        SipCallId: bob.invitations[0]?.request.callId,
        'SipHeader_X-Agent': 'bob',
      },
    });
    bob.taken[0]?.bye();
    expect(await test.afterDial(sid)).toMatchObject({ DialCallStatus: 'completed', DialBridged: 'true' });
    expect(test.story).toContain('1 Call Answered in-progress');
  });

  it('is joined by the document that its keys lead to', async () => {
    const bob = await test.phone();
    const more = test.customer.on('/keys', '<Response/>');
    await test.dials(sip(bob, screen(`<Gather numDigits="1" action="${more}"/><Hangup/>`)));
    await test.until(() => bob.remotePort > 9, 'bob knows where the voice service is');
    await test.pressing(bob, '1', () => test.customer.asked('/keys').length > 0);

    await isJoined(bob);
    expect(test.customer.asked('/keys')[0]?.parameters).toMatchObject({ Digits: '1' });
  });

  it.each<[string, () => string]>([
    ['its document hangs up', () => screen('<Say>No.</Say><Hangup/>')],
    ['there is no document', () => test.customer.on('/screen', { status: 500 })],
    ['its document dials', () => screen('<Dial>+12025550101</Dial>')],
  ])('is hung up, and its Dial goes on unanswered, when %s', async (_, url) => {
    const bob = await test.phone();
    const sid = await test.dials(sip(bob, url()));
    expect(await test.afterDial(sid)).toMatchObject({ DialCallStatus: 'no-answer', DialBridged: 'false' });
    expect(bob.taken[0]?.end?.by).toBe('remote');
    expect(test.platform.handsets.get(HANDSET.callee).ringCount).toBe(0);
  });

  it('whose document cannot be had has that told at the call, and as an event of it', async () => {
    const bob = await test.phone();
    const sid = await test.dials(sip(bob, test.customer.on('/screen', { status: 500 })));
    await test.afterDial(sid);
    await test.ended();
    const { notifications } = await test.api<{ notifications: { error_code: string }[] }>(
      `Calls/${sid}/Notifications.json`,
    );
    expect(notifications.map(({ error_code }) => error_code)).toEqual(['11217']);
    const failed = test.bus.filter(({ type }) => type === 'Document Failed');
    expect(failed.map(({ detail }) => [detail.call.sid, detail['document']])).toEqual([
      [sid, expect.objectContaining({ code: 11217, purpose: 'screening' })],
    ]);
  });

  it('that dials in its document has that told in the call’s notifications', async () => {
    const bob = await test.phone();
    const sid = await test.dials(sip(bob, screen('<Dial>+12025550101</Dial>')));
    await test.afterDial(sid);
    await test.ended();
    const { notifications } = await test.api<{ notifications: { error_code: string }[] }>(
      `Calls/${sid}/Notifications.json`,
    );
    expect(notifications.map(({ error_code }) => error_code)).toContain('13201');
  });

  it('that hangs up meanwhile is not joined', async () => {
    const bob = await test.phone();
    const sid = await test.dials(sip(bob, screen('<Pause length="30"/>')));
    await test.until(() => bob.heard.length > 0, 'bob hears the voice service');
    bob.taken[0]?.bye();
    expect(await test.afterDial(sid)).toMatchObject({ DialCallStatus: 'no-answer', DialBridged: 'false' });
  });

  it('is hung up when the caller leaves', async () => {
    const bob = await test.phone();
    await test.dials(sip(bob, screen('<Pause length="30"/>')));
    await test.until(() => bob.heard.length > 0, 'bob hears the voice service');
    test.platform.handsets.hangUp(HANDSET.caller);
    await test.until(() => bob.taken[0]?.end !== undefined, 'bob is hung up');
    expect(bob.taken[0]?.end?.by).toBe('remote');
  });

  it('loses to another that answers unscreened', async () => {
    const bob = await test.phone();
    const carol = await test.phone(() => {});
    await test.dials(sip(bob, screen('<Pause length="30"/>')) + sip(carol));
    await test.until(() => bob.heard.length > 0, 'bob hears the voice service');
    const [invitation] = carol.invitations;
    if (invitation) carol.accept(invitation);
    await isJoined(carol);
    await test.until(() => bob.taken[0]?.end !== undefined, 'bob is hung up');
  });
});

describe('a phone number that is screened', () => {
  const number = (called: string, url?: string) =>
    `<Number ${url === undefined ? '' : `url="${url}"`}>${called}</Number>`;
  const handset = (called: string) => test.platform.handsets.get(called);

  it('is called by the edge, and joined when its document ends', async () => {
    const sid = await test.dials(number(HANDSET.callee, screen('<Say>A call.</Say>')));
    await test.until(callerTalks, 'they talk');
    expect(handset(HANDSET.callee)).toMatchObject({ state: 'in-call', peer: OWN });
    expect(test.customer.asked('/screen')[0]?.parameters).toMatchObject({
      CallSid: sid.replace(/0000$/, '0001'),
      ParentCallSid: sid,
      To: HANDSET.callee,
    });
    test.platform.handsets.hangUp(HANDSET.callee);
    expect(await test.afterDial(sid)).toMatchObject({ DialCallStatus: 'completed', DialBridged: 'true' });
  });

  it('is joined by the key that it presses', async () => {
    const more = test.customer.on('/keys', '<Response/>');
    const url = screen(
      `<Gather numDigits="1" timeout="10" action="${more}"><Say>Press one.</Say></Gather><Hangup/>`,
    );
    await test.dials(number(HANDSET.presses, url));
    await test.until(callerTalks, 'they talk');
    expect(test.customer.asked('/keys')[0]?.parameters).toMatchObject({ Digits: '1' });
  });

  it('is hung up when its document refuses', async () => {
    const sid = await test.dials(number(HANDSET.callee, screen('<Say>No.</Say><Hangup/>')));
    expect(await test.afterDial(sid)).toMatchObject({ DialCallStatus: 'no-answer', DialBridged: 'false' });
    await test.until(() => handset(HANDSET.callee).state === 'idle', 'the phone is hung up');
    expect(handset(HANDSET.callee).lastEnd).toEqual({ by: 'far-end', sipCode: 0 });
  });

  it('rings at once with others, which is told of each', async () => {
    await test.dials(number(HANDSET.busy) + number(HANDSET.callee));
    await test.until(callerTalks, 'they talk');
    await test.until(() => test.story.includes('1 Call Completed busy'), 'the busy one has ended');
    expect(handset(HANDSET.callee).state).toBe('in-call');
  });
});

describe('Restcomm', () => {
  const rcml = (phone: SipPhone, attributes: string) =>
    `<Sip ${attributes}>sip:bob@127.0.0.1:${phone.port};transport=udp</Sip>`;

  it('C06: a screening document that hangs up is asked for by POST after the answer; nobody is joined', async () => {
    const bob = await test.phone();
    const sid = await test.dialsInRcml(rcml(bob, `url="${screen('<Hangup/>')}" method="POST"`));
    expect(await test.afterDial(sid)).toMatchObject({ DialCallStatus: 'no-answer' });
    expect(test.customer.asked('/screen')[0]).toMatchObject({
      method: 'POST',
      parameters: { CallSid: sid.replace(/0000$/, '0001'), 'SipHeader_X-Agent': 'bob' },
    });
    expect(bob.taken[0]?.end?.by).toBe('remote');
  });

  it('C09: a document at an absolute URL is heard, and then the two are joined; the caller’s BYE ends both', async () => {
    const bob = await test.phone();
    await test.dialsInRcml(rcml(bob, `url="${screen('<Say>A call.</Say>')}" method="GET"`));
    await isJoined(bob);
    expect(test.customer.asked('/screen')[0]?.method).toBe('GET');
    test.platform.handsets.hangUp(HANDSET.caller);
    await test.until(() => bob.taken[0]?.end?.by === 'remote', 'bob is hung up');
  });

  it('C10: a relative URL is resolved against that of the document', async () => {
    const bob = await test.phone();
    test.customer.on('/rcml/screen', '<Response/>');
    await test.dialsInRcml(rcml(bob, 'url="screen"'));
    await isJoined(bob);
    expect(test.customer.asked('/rcml/screen')).toHaveLength(1);
  });

  it('hangs a callee up that has not accepted within the noun’s timeout', async () => {
    const bob = await test.phone();
    const sid = await test.dialsInRcml(rcml(bob, `url="${screen('<Pause length="30"/>')}" timeout="2"`));
    expect(await test.afterDial(sid)).toMatchObject({ DialCallStatus: 'no-answer' });
    expect(bob.taken[0]?.end?.by).toBe('remote');
  });

  it('cancels the others when one has answered, though it is screened', async () => {
    const bob = await test.phone();
    const carol = await test.phone(() => {});
    await test.dialsInRcml(rcml(carol, '') + rcml(bob, `url="${screen('<Pause length="30"/>')}"`));
    await test.until(() => carol.invitations[0]?.state === 'cancelled', 'carol is cancelled');
  });
});

describe('Plivo', () => {
  const user = (phone: SipPhone) => `<User>sip:bob@127.0.0.1:${phone.port};transport=udp</User>`;
  const number = `<Number>${HANDSET.presses}</Number>`;
  const sound = () => test.customer.on('/confirm', '<Response><Speak>Press one.</Speak></Response>');
  const eventsOf = (uuid: string) =>
    test.customer
      .asked('/events')
      .map(({ parameters }) => parameters)
      .filter(({ CallUUID }) => CallUUID === uuid);

  it('joins a callee that presses confirmKey while it hears confirmSound', async () => {
    const uuid = await test.dialsInPlivo(number, `confirmSound="${sound()}" confirmKey="1"`);
    await test.until(callerTalks, 'they talk');
    expect(test.customer.asked('/confirm')).toMatchObject([
      { method: 'POST', genuine: true, parameters: { CallStatus: 'in-progress' } },
    ]);
    await test.until(() => eventsOf(uuid).length === 2, 'that they talk is told');
    test.platform.handsets.hangUp(HANDSET.presses);
    expect(await test.afterDial(uuid)).toMatchObject({
      DialStatus: 'completed',
      DialHangupCause: 'NORMAL_CLEARING',
      DialBLegUUID: expect.stringMatching(/./),
    });
    const told = test.customer
      .asked('/events')
      .map(({ atMs, parameters }) => [parameters['Event'], atMs] as const);
    const at = (event: string) => told.find(([Event]) => Event === event)?.[1] ?? Number.NaN;
    // The key comes 2 s after the answer.
    expect(at('DialConnected') - at('DialAnswer')).toBeGreaterThan(1_000);
  });

  it('joins a callee that presses it in silence', async () => {
    await test.dialsInPlivo(number, 'confirmKey="1"');
    await test.until(callerTalks, 'they talk');
    expect(test.platform.handsets.get(HANDSET.presses).heard).toEqual([]);
  });

  it('joins a SIP callee that presses it', async () => {
    const bob = await test.phone();
    await test.dialsInPlivo(user(bob), `confirmSound="${sound()}" confirmKey="#"`);
    await test.until(() => bob.remotePort > 9, 'bob knows where the voice service is');
    await test.pressing(bob, '#', callerTalks);
  });

  it.each([
    ['another key', () => `confirmSound="${sound()}" confirmKey="2" confirmTimeout="4"`],
    ['another key, in silence', () => 'confirmKey="2" confirmTimeout="4"'],
  ])(
    'hangs a callee up that presses %s until confirmTimeout, and its Dial goes on',
    async (_, attributes) => {
      const uuid = await test.dialsInPlivo(number, attributes());
      expect(await test.afterDial(uuid)).toMatchObject({
        DialStatus: 'no-answer',
        DialHangupCause: 'CALL_REJECTED',
        DialBLegUUID: '',
      });
      await test.until(() => eventsOf(uuid).some(({ Event }) => Event === 'DialHangup'), 'its end is told');
      expect(eventsOf(uuid).find(({ Event }) => Event === 'DialHangup')).toMatchObject({
        DialBLegHangupCauseCode: '9110',
        DialBLegHangupCauseName: 'Confirm Key Challenge Failed',
      });
      expect(eventsOf(uuid).map(({ Event }) => Event)).not.toContain('DialConnected');
      expect(test.platform.handsets.get(HANDSET.presses).state).toBe('idle');
    },
  );

  it('hangs a callee up that presses none', async () => {
    const bob = await test.phone();
    const uuid = await test.dialsInPlivo(user(bob), 'confirmKey="1" confirmTimeout="2"');
    expect(await test.afterDial(uuid)).toMatchObject({ DialStatus: 'no-answer' });
    expect(bob.taken[0]?.end?.by).toBe('remote');
  });
});
