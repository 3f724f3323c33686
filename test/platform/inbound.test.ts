/** Calls that come in to the account's numbers. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OWN, PHONE, RINGING, TestPlatform } from '../support/test-platform.ts';

describe('a call to one of the account’s numbers', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.start();
  });
  afterEach(async () => {
    await test.clear();
    await test.number(OWN, { VoiceUrl: '', VoiceFallbackUrl: '', StatusCallback: '' });
    // So that the next call is newer than this one.
    await test.clock.advance(1_000);
  });
  afterAll(() => test.close());

  const on = (path: string, verbs: string) => test.customer.on(path, `<Response>${verbs}</Response>`);
  const dial = (from: string = PHONE.ringsOn) => test.platform.handsets.dial(from, OWN);
  const phone = (number: string = PHONE.ringsOn) => test.platform.handsets.get(number);
  const onlyCall = async () => {
    const { body } = await test.api<{ calls: Record<string, unknown>[] }>(
      `${test.accountPath}/Calls.json?PageSize=1`,
    );
    return body.calls[0] as Record<string, string>;
  };

  it('runs the document at its VoiceUrl, which is asked while the caller hears it ring', async () => {
    await test.number(OWN, { VoiceUrl: on('/voice', '<Say>Welcome.</Say>') });
    dial();
    await test.settled();
    expect(test.heard(PHONE.ringsOn)).toEqual(['Welcome.']);
    const [asked, ...more] = test.customer.requests;
    expect(more).toEqual([]);
    expect(asked).toMatchObject({ method: 'POST', genuine: true });
    expect(asked?.parameters).toMatchObject({
      AccountSid: test.account,
      CallStatus: 'ringing',
      Direction: 'inbound',
      From: PHONE.ringsOn,
      To: OWN,
    });
    const call = await onlyCall();
    expect(call).toMatchObject({
      direction: 'inbound',
      status: 'completed',
      sid: asked?.parameters['CallSid'],
    });
    expect(test.story(call['sid'] as string)).toEqual([
      'Call Ringing: ringing',
      'Call Answered: in-progress',
      'Call Completed: completed',
    ]);
  });

  it('asks by the method that its number has, and the fallback when that leads nowhere', async () => {
    await test.number(OWN, {
      VoiceUrl: test.customer.on('/voice', { status: 500 }),
      VoiceMethod: 'GET',
      VoiceFallbackUrl: on('/fallback', '<Say>Sorry.</Say>'),
      VoiceFallbackMethod: 'GET',
    });
    dial();
    await test.settled();
    expect(test.customer.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /voice',
      'GET /fallback',
    ]);
    expect(test.heard(PHONE.ringsOn)).toEqual(['Sorry.']);
  });

  it('tells the number’s subscriber how it ended', async () => {
    await test.number(OWN, {
      VoiceUrl: on('/voice', '<Say>Welcome.</Say>'),
      StatusCallback: `${test.customer.url}/status`,
    });
    dial();
    await test.settled();
    expect(test.told()).toEqual(['0 completed']);
  });

  it('is turned away where nobody has said what should become of it', async () => {
    dial();
    await test.settled();
    expect(phone()).toMatchObject({ state: 'idle', lastEnd: { by: 'far-end', sipCode: 480 } });
    expect(await onlyCall()).toMatchObject({ status: 'no-answer', duration: '0' });
    expect(test.customer.requests).toEqual([]);
  });

  it.each([
    ['<Reject/>', 480, 'no-answer'],
    ['<Reject reason="rejected"/>', 480, 'no-answer'],
    ['<Reject reason="busy"/>', 486, 'busy'],
    ['<Hangup/>', 480, 'completed'],
  ])('is never answered by %s', async (verbs, sipCode, status) => {
    await test.number(OWN, { VoiceUrl: on('/voice', verbs) });
    dial();
    await test.settled();
    expect(phone()).toMatchObject({ state: 'idle', lastEnd: { by: 'far-end', sipCode } });
    expect((await onlyCall())['duration']).toBe('0');
    expect((await onlyCall())['status']).toBe(status);
  });

  it('rings on during a Pause at its beginning, and is answered by what speaks', async () => {
    await test.number(OWN, { VoiceUrl: on('/voice', '<Pause length="6"/><Say>Welcome.</Say>') });
    dial();
    await test.clock.advance(5_000);
    expect(phone()).toMatchObject({ state: 'ringing', heard: [] });
    await test.settled();
    expect(test.heard(PHONE.ringsOn)).toEqual(['Welcome.']);
  });

  it('is answered by a Dial before that rings anybody, whatever comes of it', async () => {
    on('/after', '<Say>Nobody is there.</Say>');
    await test.number(OWN, { VoiceUrl: on('/voice', `<Dial action="/after">${PHONE.busy}</Dial>`) });
    dial();
    await test.settled();
    expect(test.heard(PHONE.ringsOn).filter(text => text !== '')).toEqual([RINGING, 'Nobody is there.']);
    const call = await onlyCall();
    expect(test.story(`${call['sid']?.slice(0, -4)}0000`)).toEqual([
      'Call Ringing: ringing',
      'Call Answered: in-progress',
      'Dial Completed: in-progress',
      'Call Completed: completed',
    ]);
    expect(test.customer.asked('/after')[0]?.parameters).toMatchObject({
      CallStatus: 'in-progress',
      DialCallStatus: 'busy',
    });
  });

  it('is told that the callee is busy by a Dial with answerOnBridge="true", and was never answered', async () => {
    const busy = `<Dial answerOnBridge="true">${PHONE.busy}</Dial>`;
    await test.number(OWN, { VoiceUrl: on('/voice', busy) });
    dial();
    await test.settled();
    expect(phone()).toMatchObject({ state: 'idle', heard: [], lastEnd: { by: 'far-end', sipCode: 486 } });
  });

  it('is answered when the phone that a Dial with answerOnBridge="true" rings is', async () => {
    const late = `<Dial answerOnBridge="true">${PHONE.answersLate}</Dial>`;
    await test.number(OWN, { VoiceUrl: on('/voice', late) });
    dial();
    await test.clock.advance(3_000);
    expect(phone().state).toBe('ringing');
    await test.settled();
    expect(phone().state).toBe('in-call');
    expect(phone(PHONE.answersLate)).toMatchObject({ state: 'in-call', peer: PHONE.ringsOn });
    test.platform.handsets.hangUp(PHONE.answersLate);
    await test.settled();
    expect(phone().state).toBe('idle');
    const child = `${(await onlyCall())['sid']?.slice(0, -4)}0000`;
    expect(test.story(child).at(-1)).toBe('Call Completed: completed');
  });

  it('ends, with its document forgotten, when the caller hangs up before it is answered', async () => {
    const VoiceUrl = test.customer.on('/slow', async () => {
      await test.clock.answerAfter(7_000);
      return '<Response><Say>Too late.</Say></Response>';
    });
    await test.number(OWN, { VoiceUrl });
    dial();
    await test.clock.advance(5_000);
    test.platform.handsets.hangUp(PHONE.ringsOn);
    await test.settled();
    expect(test.heard(PHONE.ringsOn)).toEqual([]);
    expect(await onlyCall()).toMatchObject({ duration: '0' });
    expect(test.bus.filter(({ type }) => type === 'Call Completed')).toHaveLength(1);
  });

  it('waits, unanswered, for a server that takes its time', async () => {
    const VoiceUrl = test.customer.on('/slow', async () => {
      await test.clock.answerAfter(9_000);
      return '<Response><Say>Welcome.</Say></Response>';
    });
    await test.number(OWN, { VoiceUrl });
    dial();
    await test.clock.advance(6_000);
    expect(phone().state).toBe('ringing');
    await test.settled();
    expect(test.heard(PHONE.ringsOn)).toEqual(['Welcome.']);
    expect(test.customer.requests).toHaveLength(1);
  });

  it('can be made by the account itself: both ends are its calls', async () => {
    await test.number(OWN, { VoiceUrl: on('/voice', '<Say>Welcome.</Say>') });
    const callSid = await test.call(OWN, {
      From: '+12025550111',
      Twiml: '<Response><Pause length="5"/></Response>',
    });
    await test.settled();
    const { body } = await test.api<{ calls: { sid: string; direction: string; status: string }[] }>(
      `${test.accountPath}/Calls.json?PageSize=2`,
    );
    expect(body.calls.map(({ direction, status }) => `${direction} ${status}`).sort()).toEqual([
      'inbound completed',
      'outbound-api completed',
    ]);
    expect(body.calls.map(({ sid }) => sid)).toContain(callSid);
  });

  it('is told to whoever the number belongs to by now', async () => {
    await test.number(OWN, { VoiceUrl: on('/one', '<Say>One.</Say>') });
    dial();
    await test.settled();
    await test.number(OWN, { VoiceUrl: on('/two', '<Say>Two.</Say>') });
    dial();
    await test.settled();
    expect(test.customer.requests.map(({ path }) => path)).toEqual(['/one', '/two']);
  });
});
