/** Calls from SIP to a Voice Connector's host name (reference §13.6, §5.5, §9). */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../sip/user-agent.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { sceneOpener } from '../support/open-scenes.ts';
import { ANSWERS, actions, audio, NEVER_ANSWERS, pstn, REJECTS } from '../support/scene.ts';
import { moving, tone, until } from '../support/sip-phone.ts';
import { HOST, toSip } from '../support/sip-scene.ts';
import { wavOf } from '../support/wav.ts';

const open = sceneOpener();
const LONG_SPEECH = { NEW_INBOUND_CALL: actions(['Speak', { Text: 'x'.repeat(900) }]) };
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

describe('a call to the host name of a Voice Connector', () => {
  it('enters the application of its RequestUriHostname rule, with the headers that may pass', async () => {
    const scene = await open(LONG_SPEECH);
    const phone = await scene.phone();
    const headers = {
      'X-Dialplane-Token': 'a, "b"',
      Diversion: '<sip:1@example.com>',
      'X-VC-Route': 'hidden',
      Subject: 'hidden',
    };
    await phone.call(scene.uri('1000'), { headers, from: `"Ann" <sip:ann@${HOST}>` }).answered;

    const [event] = scene.events;
    expect(event).toMatchObject({
      InvocationEventType: 'NEW_INBOUND_CALL',
      CallDetails: { SipRuleId: expect.stringMatching(/^[\da-f-]{36}$/) },
    });
    expect(event?.CallDetails.Participants).toMatchObject([
      {
        To: '1000',
        From: 'ann',
        Direction: 'Inbound',
        SipHeaders: { 'X-Dialplane-Token': 'a, "b"', Diversion: '<sip:1@example.com>' },
      },
    ]);
    expect(Object.keys(event?.CallDetails.Participants[0]?.SipHeaders ?? {})).toHaveLength(2);
  });

  it('has a rule of its own beside that of the numbers', async () => {
    const scene = await open(LONG_SPEECH);
    const phone = await scene.phone();
    await phone.call(scene.uri()).answered;
    scene.dial();
    await scene.tellsOf(2);
    const [ofHost, ofNumber] = scene.events.map(event => event.CallDetails.SipRuleId);
    expect(ofHost).not.toBe(ofNumber);
  });

  it('is answered with PCMU and the caller’s number for telephone events, and other media are refused', async () => {
    const scene = await open(LONG_SPEECH);
    const phone = await scene.phone();
    const sdp = `${phone.sdp({ formats: '8 96 0' })}m=video 9 RTP/AVP 31\r\n`.replace(
      'rtpmap:101',
      'rtpmap:96',
    );
    const session = await phone.call(scene.uri(), { sdp }).answered;
    const lines = session.remoteSdp?.split('\r\n').filter(line => /^(m|a)=/.test(line));
    expect(lines).toEqual([
      expect.stringMatching(/^m=audio \d+ RTP\/AVP 0 96$/),
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:96 telephone-event/8000',
      'a=fmtp:96 0-15',
      'a=ptime:20',
      expect.stringMatching(/^a=rtcp:\d*[13579]$/),
      'a=sendrecv',
      'm=video 0 RTP/AVP 31',
    ]);
  });

  it('is offered PCMU where it brings no offer, and heard at the place that its ACK names', async () => {
    const scene = await open(LONG_SPEECH);
    const phone = await scene.phone();
    const invitation = phone.agent.invite(scene.uri(), {
      onOffer: offer => {
        phone.learn(offer.sdp);
        offer.accept(phone.sdp());
      },
    });
    await invitation.answered;
    await until(() => phone.sounds.length > 2, 'sound');
  });
});

describe('a call that may not come in', () => {
  it.each([
    ['to another host name', 404, { hostName: 'abc.voiceconnector.chime.aws' }, {}],
    ['from a place outside the termination networks', 403, { terminationNetworks: ['192.0.2.0/24'] }, {}],
    ['without PCMU', 488, {}, { formats: '8 101' }],
  ])('%s gets %i', async (_, status, settings, description) => {
    const scene = await open(LONG_SPEECH, settings);
    const phone = await scene.phone();
    const call = phone.call(scene.uri(), { sdp: phone.sdp(description) });
    await expect(call.answered).rejects.toMatchObject({ response: { status } });
    expect(scene.events).toEqual([]);
  });

  it('by SRTP gets 488', async () => {
    const scene = await open(LONG_SPEECH);
    const phone = await scene.phone();
    const call = phone.call(scene.uri(), { sdp: phone.sdp().replace('RTP/AVP', 'RTP/SAVP') });
    await expect(call.answered).rejects.toMatchObject({ response: { status: 488 } });
  });

  it('because every port is taken gets 503, until a call ends', async () => {
    const scene = await open(LONG_SPEECH, { ports: { least: 41_000, most: 41_001 } });
    const phone = await scene.phone();
    const first = await phone.call(scene.uri()).answered;
    await expect(phone.call(scene.uri()).answered).rejects.toMatchObject({ response: { status: 503 } });
    first.bye();
    await scene.tellsOf(2);
    await phone.call(scene.uri()).answered;
  });

  it('to a host name that no application has gets 404', async () => {
    const scene = await open(LONG_SPEECH, { hostName: 'localhost', ruledHostName: 'elsewhere' });
    const phone = await scene.phone();
    const call = phone.call(`sip:1@localhost:${scene.connector.local.port};maddr=${HOST}`);
    await expect(call.answered).rejects.toMatchObject({ response: { status: 404 } });
  });

  it('that breaks something inside gets 503, and the fault is told', async () => {
    const scene = await open(LONG_SPEECH);
    const phone = await scene.phone();
    scene.runtime.inbound = () => {
      throw new Error('broken');
    };
    await expect(phone.call(scene.uri()).answered).rejects.toMatchObject({ response: { status: 503 } });
    expect(scene.errors.splice(0)).toMatchObject([{ message: 'broken' }]);
  });

  it('over the account’s quota of legs gets 503', async () => {
    const scene = await open(LONG_SPEECH, { options: { quotas: { concurrentLegs: 1 } } });
    const phone = await scene.phone();
    await phone.call(scene.uri()).answered;
    await expect(phone.call(scene.uri()).answered).rejects.toMatchObject({ response: { status: 503 } });
    expect(scene.events).toHaveLength(1);
  });

  it('names no user at all: it is heard all the same, from anonymous', async () => {
    const scene = await open(LONG_SPEECH);
    const phone = await scene.phone();
    await phone.call(`sip:${HOST}:${scene.connector.local.port}`, { from: `sip:${HOST}` }).answered;
    expect(scene.events[0]?.CallDetails.Participants).toMatchObject([{ To: '', From: 'anonymous' }]);
  });
});

describe('answer supervision', () => {
  it('refuses with the code of a Hangup that comes first', async () => {
    const scene = await open({ NEW_INBOUND_CALL: actions(['Hangup', { SipResponseCode: 486 }]) });
    const phone = await scene.phone();
    await expect(phone.call(scene.uri()).answered).rejects.toMatchObject({ response: { status: 486 } });
    expect(await scene.tellsOf(2)).toContain('2 HANGUP (A,486) A=Disconnected');
  });

  it('leaves the caller ringing while a callee rings, and answers when that does', async () => {
    const scene = await open({ NEW_INBOUND_CALL: actions(toSip('bob')) });
    const [ann, bob] = [await scene.phone(), await scene.phone()];
    scene.routeTo(bob);
    bob.onCall = invitation => invitation.progress(180);
    const call = ann.call(scene.uri());
    const [ringing] = await once(call, 'progress');
    expect(ringing).toMatchObject({ status: 180 });
    const [invitation] = bob.invitations;
    if (invitation !== undefined) bob.accept(invitation);
    await call.answered;
    expect(scene.told).toEqual([
      '1 NEW_INBOUND_CALL',
      '2 ACTION_SUCCESSFUL CallAndBridge A=Connected B=Connected',
    ]);
  });

  it('sends a RingbackTone as early media', async () => {
    const RingbackTone = audio('ring.wav');
    const scene = await open(
      { NEW_INBOUND_CALL: actions(pstn(REJECTS, { RingbackTone })) },
      { audio: { 'ring.wav': { bytes: loud(0.1) } } },
    );
    const phone = await scene.phone();
    const call = phone.call(scene.uri());
    const [progress] = await once(call, 'progress');
    expect(progress).toMatchObject({ status: 183 });
    await until(() => phone.sounds.length > 10, 'the tone, again and again');
    call.cancel();
    await scene.tellsOf(3);
  });

  it('describes its sound in the answer as it did in early media', async () => {
    const scene = await open({
      NEW_INBOUND_CALL: actions(pstn(ANSWERS, { RingbackTone: audio('hello.wav') })),
    });
    const phone = await scene.phone();
    const call = phone.call(scene.uri());
    const [progress] = await once(call, 'progress');
    const session = await call.answered;
    expect(session.remoteSdp).toBe(`${progress.body}`);
  });

  it('is over with 480 when the handler does not answer', async () => {
    const clock = new VirtualClock();
    const scene = await open({ NEW_INBOUND_CALL: actions() }, { clock });
    const phone = await scene.phone();
    const call = phone.call(scene.uri());
    await until(
      moving(clock, 0, () => scene.events.length === 1),
      'the event',
    );
    await clock.advance(30_000);
    await expect(call.answered).rejects.toMatchObject({ response: { status: 480 } });
  });
});

describe('a call that came in', () => {
  it('ends when the caller cancels it', async () => {
    const scene = await open({ NEW_INBOUND_CALL: actions(['Pause', { DurationInMilliseconds: 5_000 }]) });
    const phone = await scene.phone();
    const call = phone.call(scene.uri());
    await scene.tellsOf(1);
    call.cancel();
    expect((await scene.tellsOf(3)).at(-1)).toBe('3 HANGUP (A,0) A=Disconnected');
  });

  it('ends when the caller says BYE, in the middle of a prompt', async () => {
    const scene = await open(LONG_SPEECH);
    const phone = await scene.phone();
    (await phone.call(scene.uri()).answered).bye();
    expect((await scene.tellsOf(3)).at(-1)).toBe('3 HANGUP (A,0) A=Disconnected');
  });

  it('ends with a BYE when the handler hangs it up', async () => {
    const scene = await open({ NEW_INBOUND_CALL: actions(['Speak', { Text: 'Bye.' }], ['Hangup', {}]) });
    const phone = await scene.phone();
    const session = await phone.call(scene.uri()).answered;
    const [end] = await once(session, 'ended');
    expect(end).toMatchObject({ by: 'remote' });
  });
});

describe('a caller who goes', () => {
  const gather = {
    SpeechParameters: { Text: 'x'.repeat(900) },
    MinNumberOfDigits: 1,
    RepeatDurationInMilliseconds: 5_000,
  };
  it.each([
    ['while it rings', ['Pause', { DurationInMilliseconds: 9_000 }]],
    ['while a callee’s phone rings', toSip('rings')],
    ['in early media', pstn(NEVER_ANSWERS, { RingbackTone: audio('hello.wav') })],
    ['in a prompt', ['Speak', { Text: 'x'.repeat(900) }]],
    ['in a file', ['PlayAudio', { AudioSource: audio('hello.wav'), Repeat: 99 }]],
    ['in a gather', ['SpeakAndGetDigits', gather]],
    ['while keys are pressed', ['SendDigits', { Digits: '1'.repeat(50) }]],
    ['in a bridge', toSip('answers')],
    ['in a bridge to a handset', pstn(ANSWERS)],
  ] as [string, [string, object]][])('%s leaves nothing behind', async (_, action) => {
    const scene = await open({
      NEW_INBOUND_CALL: actions(action),
      '3 HANGUP (A,0) A=Disconnected B=Connected': actions(['Hangup', { ParticipantTag: 'LEG-B' }]),
    });
    scene.handsets.setScript(ANSWERS, { ringSeconds: 0 });
    const [ann, bob] = [await scene.phone(), await scene.phone()];
    scene.routeTo(bob);
    bob.onCall = invitation => {
      invitation.progress(180);
      if (invitation.request.uri.startsWith('sip:answers')) bob.accept(invitation);
    };
    const call = ann.call(scene.uri());
    await until(() => scene.trace.some(entry => entry.kind === 'action-started'), 'the action');
    await pause(40);
    const [session] = ann.agent.sessions;
    if (session?.dialog.state === 'confirmed') session.bye();
    else call.cancel();

    await until(() => scene.runtime.activeTransactions.length === 0, 'the end of the call');
    await until(() => bob.agent.sessions.length === 0, 'the end of the callee’s call');
    expect(scene.told.filter(line => line.includes('HANGUP (A'))).toHaveLength(1);
    const answered = scene.trace.filter(entry => entry.kind === 'leg' && entry.what === 'answered');
    expect(scene.trace.filter(entry => entry.kind === 'leg' && entry.what === 'hung-up')).toHaveLength(
      answered.length,
    );
  });
});

describe('what a caller hears', () => {
  it('is the file of PlayAudio, sample for sample, in packets of 20 ms', async () => {
    const scene = await open(
      { NEW_INBOUND_CALL: actions(['PlayAudio', { AudioSource: audio('ramp.wav') }], ['Hangup', {}]) },
      { audio: { 'ramp.wav': { bytes: loud(0.2) } } },
    );
    const phone = await scene.phone();
    const session = await phone.call(scene.uri()).answered;
    await once(session, 'ended');

    expect(phone.sounds).toHaveLength(10);
    expect(phone.sounds.every(({ payload }) => payload.length === 160)).toBe(true);
    // ±8,000 in 16 bits lies nearest to ±7,932, the last value of segment 5 (G.711 table 2a).
    expect([...(phone.sounds[0]?.payload.subarray(0, 4) ?? [])]).toEqual([0xa0, 0x20, 0xa0, 0x20]);
    const { heard } = phone;
    const [first] = heard;
    for (const [at, packet] of heard.entries()) {
      expect(packet.sequence).toBe(((first?.sequence ?? 0) + at) & 0xffff);
      expect(packet.timestamp).toBe(((first?.timestamp ?? 0) + 160 * at) >>> 0);
      expect(packet.marker).toBe(at === 0);
      expect(packet.ssrc).toBe(first?.ssrc);
    }
    const spanMs = (heard.at(-1)?.atMs ?? 0) - (first?.atMs ?? 0);
    expect(spanMs / (heard.length - 1)).toBeCloseTo(20, -1);
  });

  it('is a hum for as long as Speak would talk, then silence', async () => {
    // 15 characters a second: 200 ms.
    const scene = await open({ NEW_INBOUND_CALL: actions(['Speak', { Text: 'xyz' }]) });
    const phone = await scene.phone();
    await phone.call(scene.uri()).answered;
    await scene.tellsOf(2);
    await until(() => phone.heard.length > 13, 'silence after it');
    expect(phone.sounds).toHaveLength(10);
  });

  it('is nothing more of a prompt that a key has cut', async () => {
    const scene = await open({
      NEW_INBOUND_CALL: actions([
        'SpeakAndGetDigits',
        {
          SpeechParameters: { Text: 'x'.repeat(900) },
          MinNumberOfDigits: 1,
          MaxNumberOfDigits: 2,
          RepeatDurationInMilliseconds: 5_000,
        },
      ]),
    });
    const phone = await scene.phone();
    await phone.call(scene.uri()).answered;
    await until(() => phone.sounds.length > 2, 'the prompt');
    phone.press('7', 1, 160);
    await until(() => scene.trace.some(entry => entry.kind === 'digits'), 'the key');
    const heard = phone.sounds.length;
    await pause(50);
    expect(phone.sounds.length - heard).toBeLessThanOrEqual(1);
    phone.press('#', 20, 8_000);
    expect((await scene.tellsOf(2)).at(-1)).toContain('ACTION_SUCCESSFUL SpeakAndGetDigits "7"');
  });

  it('are the keys of SendDigits: each for its time, its end three times, a comma half a second', async () => {
    const SendDigits = { Digits: '5,#', ToneDurationInMilliseconds: 60 };
    const scene = await open({ NEW_INBOUND_CALL: actions(['SendDigits', SendDigits]) });
    const phone = await scene.phone();
    await phone.call(scene.uri()).answered;
    await until(() => phone.keys.filter(({ end }) => end).length === 6, 'both keys');
    expect(phone.keys.map(({ event, end, duration }) => [event, end, duration])).toEqual(
      [5, 11].flatMap(event => [
        [event, false, 160],
        [event, false, 320],
        [event, true, 480],
        [event, true, 480],
        [event, true, 480],
      ]),
    );
    const [one, , , , , other] = phone.keys.map(({ packet }) => packet);
    expect([one?.marker, other?.marker]).toEqual([true, true]);
    expect((other?.timestamp ?? 0) - (one?.timestamp ?? 0)).toBe(5 * 160 + 4_000);
  });
});

describe('two SIP legs that are bridged', () => {
  const connect = async () => {
    const scene = await open({ NEW_INBOUND_CALL: actions(toSip('bob')) });
    const [ann, bob] = [await scene.phone(), await scene.phone()];
    scene.routeTo(bob);
    bob.onCall = invitation => bob.accept(invitation);
    const calling = await ann.call(scene.uri()).answered;
    await scene.tellsOf(2);
    const [called] = bob.agent.sessions as [Session];
    // What was under way when the bridge was made.
    await pause(45);
    return { scene, ann, bob, calling, called };
  };

  it('hear each other’s packets, as they were sent and in their order, with their gaps', async () => {
    const { ann, bob } = await connect();
    const before = bob.heard.length;
    const sent = [0, 1, 2, 4, 3, 6];
    for (const at of sent) {
      ann.send({ sequence: 65_533 + at, timestamp: 4_294_967_000 + at * 160, payload: tone.map(() => at) });
    }
    bob.send({ sequence: 9, timestamp: 9, payload: tone });
    await until(() => bob.sounds.length === sent.length && ann.sounds.length === 1, 'what was said');
    const heard = bob.heard.slice(before);
    const [first] = heard;
    expect(heard.map(({ payload }) => payload[0])).toEqual(sent);
    expect(heard.map(({ sequence }) => (sequence - (first?.sequence ?? 0)) & 0xffff)).toEqual(sent);
    expect(heard.map(({ timestamp }) => (timestamp - (first?.timestamp ?? 0)) >>> 0)).toEqual(
      sent.map(at => at * 160),
    );
    expect(heard.map(({ marker }) => marker)).toEqual([true, false, false, false, false, false]);
    expect(first?.sequence).toBe(((bob.heard[before - 1]?.sequence ?? 0) + 1) & 0xffff);
  });

  it('hear each other’s keys once, and the application hears them too', async () => {
    const { scene, ann, bob } = await connect();
    ann.press('4', 100, 800);
    await until(() => bob.keys.length === 6, 'the key');
    expect(new Set(bob.keys.map(({ packet }) => packet.timestamp)).size).toBe(1);
    expect(bob.keys.map(({ event, end, duration }) => [event, end, duration])).toEqual([
      [4, false, 160],
      [4, false, 320],
      [4, false, 480],
      [4, true, 640],
      [4, true, 640],
      [4, true, 640],
    ]);
    const digits = scene.trace.filter(entry => entry.kind === 'digits');
    expect(digits).toMatchObject([{ digits: '4', tag: 'LEG-A', direction: 'received' }]);
  });

  it.each(['the caller', 'the callee'])(
    'end for both when %s says BYE and the handler wants it so',
    async who => {
      const { scene, calling, called } = await connect();
      const ends = Promise.all([calling, called].map(session => once(session, 'ended')));
      (who === 'the caller' ? calling : called).bye();
      await scene.tellsOf(3);
      scene.runtime.close();
      await ends;
      expect(scene.media.map(({ tag }) => tag).sort()).toEqual(['LEG-A', 'LEG-B']);
    },
  );

  it('hear silence again when the other one has gone', async () => {
    const { ann, called } = await connect();
    called.bye();
    const before = ann.heard.length;
    await until(() => ann.heard.length > before + 2, 'silence');
    expect(ann.sounds).toEqual([]);
  });
});

describe('a SIP leg bridged to a handset', () => {
  it('hears silence, and its keys reach the handset', async () => {
    const scene = await open({ NEW_INBOUND_CALL: actions(pstn(ANSWERS)) });
    scene.handsets.setScript(ANSWERS, { ringSeconds: 0 });
    const phone = await scene.phone();
    await phone.call(scene.uri()).answered;
    phone.press('9', 1, 1);
    await until(() => scene.handsets.get(ANSWERS).heard.length > 0, 'the key');
    expect(scene.handsets.get(ANSWERS).heard).toEqual([{ kind: 'digits', digits: '9' }]);
    scene.handsets.press(ANSWERS, '3');
    await until(() => phone.keys.length > 0, 'the handset’s key');
    expect(phone.keys[0]?.event).toBe(3);
    expect(phone.sounds).toEqual([]);
  });
});

describe('closing', () => {
  it('ends calls in every state and leaves no socket', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter(name => /UDP|TCP/.test(name)).length;
    const ofOthers = sockets();
    const scene = await open({ NEW_INBOUND_CALL: actions(toSip('bob')) });
    const [ann, bob, carol] = [await scene.phone(), await scene.phone(), await scene.phone()];
    scene.routeTo(bob);
    bob.onCall = invitation => bob.accept(invitation);
    const session = await ann.call(scene.uri()).answered;
    bob.onCall = invitation => invitation.progress(180);
    const ringing = carol.call(scene.uri());
    await once(ringing, 'progress');

    await scene.close();
    expect(session.end).toMatchObject({ by: 'remote' });
    await until(() => sockets() <= ofOthers, 'every socket is gone');
  });
});

/** A square wave at 8,000: every sample is loud. */
function loud(seconds: number): Uint8Array {
  const bytes = Buffer.from(wavOf(seconds));
  for (let at = 44; at < bytes.length; at += 2) bytes.writeInt16LE(at % 4 === 0 ? 8_000 : -8_000, at);
  return bytes;
}
