/** CallAndBridge to an AWS endpoint: what a SIP host behind a Voice Connector sees (reference §7.1, §9, §13.5). */
import { describe, expect, it } from 'vitest';
import type { IncomingInvitation, Session } from '../../../sip/user-agent.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { sceneOpener } from '../support/open-scenes.ts';
import { ACCOUNT_NUMBER, ANSWERS, actions } from '../support/scene.ts';
import { moving, tone, until } from '../support/sip-phone.ts';
import { ARN, HOST, type SipScene, toSip } from '../support/sip-scene.ts';

const open = sceneOpener();
const BRIDGE = { NEW_INBOUND_CALL: actions(toSip('t-8f3a')) };
const BRIDGED = '2 ACTION_SUCCESSFUL CallAndBridge A=Connected B=Connected';

/** A phone that takes every call, or does something else with it. */
async function callee(scene: SipScene, onCall?: (invitation: IncomingInvitation) => void) {
  const phone = await scene.phone();
  phone.onCall = onCall ?? (invitation => phone.accept(invitation));
  return phone;
}

function failureCode(scene: SipScene): unknown {
  const parameters: Record<string, unknown> = { ...scene.events[1]?.ActionData?.Parameters };
  return parameters['SipResponseCode'];
}

describe('the INVITE of a Voice Connector', () => {
  it('asks for the user at the route, from the caller id, with the service’s own headers and the application’s', async () => {
    const SipHeaders = { 'X-LexInfo': 'a b', 'x-cp-token': '1', 'User-to-User': '56;encoding=hex' };
    const scene = await open({ NEW_INBOUND_CALL: actions(toSip('t-8f$3a', { SipHeaders })) });
    const phone = await callee(scene);
    scene.routeTo(phone);
    scene.dial();
    await scene.tellsOf(2);

    const { request } = phone.invitations[0] as IncomingInvitation;
    const { port } = scene.connector.local;
    expect(request.uri).toBe(`sip:t-8f$3a@${HOST}:${phone.port};transport=UDP`);
    expect(request.headers.get('From')).toMatch(
      new RegExp(`^<sip:\\${ACCOUNT_NUMBER}@${HOST}:${port}>;tag=`),
    );
    expect(request.headers.get('To')).toBe(`<sip:t-8f$3a@${HOST}:${phone.port}>`);
    const passed = [...request.headers].filter(([name]) => /^(x-|user-to)/i.test(name));
    expect(passed).toEqual([
      ['X-Lexinfo', 'a b'],
      ['X-Cp-Token', '1'],
      ['User-To-User', '56;encoding=hex'],
      ['X-VoiceConnector-ID', 'abcdef1ghij2klmno3pqr4'],
      ['X-SMA-Max-Forwards', '4'],
      ['X-Amzn-TargetArn', ARN],
    ]);
  });

  it('offers PCMU and telephone-event 101 in packets of 20 ms, and nothing else', async () => {
    const scene = await open(BRIDGE);
    const phone = await callee(scene);
    scene.routeTo(phone);
    scene.dial();
    await scene.tellsOf(2);

    const lines = phone.invitations[0]?.sdp?.split('\r\n') ?? [];
    expect(lines.slice(5)).toEqual([
      expect.stringMatching(/^m=audio \d*[02468] RTP\/AVP 0 101$/),
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-15',
      'a=ptime:20',
      expect.stringMatching(/^a=rtcp:\d*[13579]$/),
      'a=sendrecv',
      '',
    ]);
  });

  it('goes by TCP where the route says so', async () => {
    const scene = await open(BRIDGE);
    const phone = await callee(scene);
    scene.routeTo({ port: phone.tcpPort, protocol: 'TCP' });
    scene.dial();
    expect((await scene.tellsOf(2))[1]).toBe(BRIDGED);
    const { request } = phone.invitations[0] as IncomingInvitation;
    expect([request.via?.transport, request.uri]).toEqual(['TCP', expect.stringContaining('transport=TCP')]);
  });
});

describe('a call to a user behind a Voice Connector', () => {
  it('is answered, bridged, heard both ways and hung up by the far end', async () => {
    const scene = await open(BRIDGE);
    const phone = await callee(scene);
    scene.routeTo(phone);
    scene.dial();
    await until(() => phone.heard.length >= 5, 'the phone hears packets');
    for (let at = 0; at < 5; at++) phone.send({ sequence: at, timestamp: at * 160, payload: tone });
    await until(() => phone.heard.length >= 7, 'the phone hears more packets');
    phone.agent.sessions[0]?.bye();

    expect(await scene.tellsOf(3)).toEqual([
      '1 NEW_INBOUND_CALL',
      BRIDGED,
      '3 HANGUP (B,0) A=Connected B=Disconnected',
    ]);
    expect(scene.media).toMatchObject([{ tag: 'LEG-B', media: { packetsIn: 5, packetsLost: 0 } }]);
    expect(scene.media[0]?.media.packetsOut).toBe(phone.heard.length);
    expect(scene.trace.findLast(entry => entry.kind === 'leg')).toMatchObject({
      what: 'hung-up',
      media: scene.media[0]?.media,
    });
  });

  it('tells what was measured of it in its HANGUP only where exposeLegMedia asks for that', async () => {
    for (const exposeLegMedia of [false, true]) {
      const scene = await open(BRIDGE, { options: { exposeLegMedia } });
      const phone = await callee(scene);
      scene.routeTo(phone);
      scene.dial();
      await until(() => phone.heard.length > 0, 'the phone hears packets');
      phone.agent.sessions[0]?.bye();
      await scene.tellsOf(3);
      const told = scene.events.find(event => event.InvocationEventType === 'HANGUP')?.ActionData;
      expect(told?.LegMedia).toEqual(exposeLegMedia ? scene.media[0]?.media : undefined);
      expect(scene.media).toHaveLength(1);
    }
  });

  it('ends with a BYE when the handler hangs it up', async () => {
    const scene = await open({ ...BRIDGE, [BRIDGED]: actions(['Hangup', { ParticipantTag: 'LEG-B' }]) });
    const phone = await callee(scene);
    scene.routeTo(phone);
    scene.dial();
    await until(() => phone.taken[0]?.end !== undefined, 'the BYE');
    expect(phone.taken[0]?.end?.by).toBe('remote');
    expect(await scene.tellsOf(3)).toContain('3 HANGUP (B,0) A=Connected B=Disconnected');
  });

  it.each([486, 603, 404, 302])(
    'that is refused with %i is not answered, and no other route is tried',
    async code => {
      const scene = await open(BRIDGE, { options: { exposeSipCause: true } });
      const phone = await callee(scene, invitation => invitation.reject(code));
      const other = await callee(scene);
      scene.routeTo(phone, other);
      scene.dial();
      expect((await scene.tellsOf(2))[1]).toBe('2 ACTION_FAILED CallAndBridge CallNotAnswered A=Connected');
      expect(failureCode(scene)).toBe(code);
      expect(other.invitations).toEqual([]);
      expect(scene.media).toEqual([]);
    },
  );

  it('that nobody answers is cancelled after CallTimeoutSeconds', async () => {
    const clock = new VirtualClock();
    const scene = await open(BRIDGE, { clock });
    const phone = await callee(scene, invitation => invitation.progress(180));
    scene.routeTo(phone);
    scene.dial();
    await until(
      moving(clock, 0, () => phone.invitations.length === 1),
      'the INVITE',
    );
    await until(
      moving(clock, 0, () => scene.trace.some(isRinging)),
      'the ring',
    );
    await clock.advance(30_000);
    expect(scene.told[1]).toBe('2 ACTION_FAILED CallAndBridge CallNotAnswered A=Connected');
    await until(() => phone.invitations[0]?.state === 'cancelled', 'the CANCEL');
  });

  it('is cancelled when the caller gives up', async () => {
    const scene = await open(BRIDGE);
    const phone = await callee(scene, invitation => invitation.progress(180));
    scene.routeTo(phone);
    scene.dial();
    await until(() => scene.trace.some(isRinging), 'the ring');
    scene.handsets.hangUp(ANSWERS);
    await until(() => phone.invitations[0]?.state === 'cancelled', 'the CANCEL');
    expect(await scene.tellsOf(3)).toEqual([
      '1 NEW_INBOUND_CALL',
      '2 ACTION_FAILED CallAndBridge CallNotAnswered A=Disconnected',
      '3 HANGUP (A,0) A=Disconnected',
    ]);
  });

  it('is ended at once when its answer has no PCMU', async () => {
    const scene = await open(BRIDGE, { options: { exposeSipCause: true } });
    const phone = await callee(scene, invitation => invitation.accept({ sdp: phone.sdp({ formats: '8' }) }));
    scene.routeTo(phone);
    scene.dial();
    await scene.tellsOf(2);
    expect(failureCode(scene)).toBe(488);
    await until(() => phone.agent.sessions.length === 0, 'the BYE');
  });

  it('lets early media in, and says so', async () => {
    const scene = await open(BRIDGE);
    const phone = await callee(scene, invitation => invitation.progress(183, { sdp: phone.sdp() }));
    scene.routeTo(phone);
    scene.dial();
    await until(() => phone.heard.length > 0, 'the phone is sent something');
    phone.send({ sequence: 1, timestamp: 0 });
    await until(() => scene.trace.some(isRinging), 'the ring');
    // Two more packets of the runtime's: what was sent before the first of them has arrived.
    const heard = phone.heard.length;
    await until(() => phone.heard.length > heard + 1, 'the phone is sent more');
    phone.accept(phone.invitations[0] as IncomingInvitation);
    await scene.tellsOf(2);
    phone.agent.sessions[0]?.bye();
    await scene.tellsOf(3);
    expect(scene.media).toMatchObject([{ media: { earlyMedia: true, packetsIn: 1 } }]);
  });

  it('is connected with whoever answers, after the early media of somebody else', async () => {
    const scene = await open(BRIDGE);
    const other = await scene.phone();
    const phone = await callee(scene, invitation => invitation.progress(183, { sdp: other.sdp() }));
    scene.routeTo(phone);
    scene.dial();
    await until(() => other.heard.length > 0, 'the other one is sent something');
    phone.accept(phone.invitations[0] as IncomingInvitation);
    expect((await scene.tellsOf(2))[1]).toBe(BRIDGED);
    await until(() => phone.heard.length > 0, 'the phone is sent something');
    phone.agent.sessions[0]?.bye();
    await scene.tellsOf(3);
  });

  it('to another connector’s ARN cannot be reached', async () => {
    const Arn = ARN.replace('abcdef', 'zzzzzz');
    const Endpoints = [{ BridgeEndpointType: 'AWS', Arn, Uri: 'x' }];
    const scene = await open(
      { NEW_INBOUND_CALL: actions(toSip('x', { Endpoints })) },
      { options: { exposeSipCause: true } },
    );
    scene.dial();
    await scene.tellsOf(2);
    expect(failureCode(scene)).toBe(404);
  });
});

describe('routes', () => {
  it.each([500, 503, 408])('go on to the next one after %i', async code => {
    const scene = await open(BRIDGE);
    const [first, second] = [await callee(scene, invitation => invitation.reject(code)), await callee(scene)];
    scene.routeTo(first, second);
    scene.dial();
    expect((await scene.tellsOf(2))[1]).toBe(BRIDGED);
    expect([first.invitations.length, second.invitations.length]).toEqual([1, 1]);
  });

  it('do not, where the option says so', async () => {
    const scene = await open(BRIDGE, { options: { routeFailOver: 'none', exposeSipCause: true } });
    const [first, second] = [await callee(scene, invitation => invitation.reject(500)), await callee(scene)];
    scene.routeTo(first, second);
    scene.dial();
    await scene.tellsOf(2);
    expect([failureCode(scene), second.invitations.length]).toEqual([500, 0]);
  });

  it('go on when nothing at all is heard in time, but not while something was', async () => {
    const clock = new VirtualClock();
    const scene = await open(BRIDGE, { clock });
    const silent = await scene.phone();
    const port = silent.port;
    await silent.agent.close();
    const second = await callee(scene, invitation => invitation.progress(180));
    const third = await callee(scene);
    scene.routeTo({ port }, second, third);
    scene.dial();
    await until(
      moving(clock, 100, () => second.invitations.length === 1),
      'the second route',
    );
    await until(
      moving(clock, 0, () => scene.trace.some(isRinging)),
      'the ring',
    );
    await clock.advance(10_000);
    expect(third.invitations).toEqual([]);
  });

  it('that refuse a TCP connection are passed over, and the last failure is the call’s', async () => {
    const scene = await open(BRIDGE, { options: { exposeSipCause: true } });
    const gone = await scene.phone();
    const port = gone.tcpPort;
    await gone.agent.close();
    const refusing = await callee(scene, invitation => invitation.reject(504));
    scene.routeTo({ port, protocol: 'TCP' }, refusing);
    scene.dial();
    await scene.tellsOf(2);
    expect(failureCode(scene)).toBe(504);
  });

  it('that are none leave the call unanswered', async () => {
    const scene = await open(BRIDGE, { options: { exposeSipCause: true } });
    scene.dial();
    await scene.tellsOf(2);
    expect(failureCode(scene)).toBe(503);
  });
});

describe('a call that is up', () => {
  it('sends nothing while it is held, and goes on at another port afterwards', async () => {
    const scene = await open(BRIDGE);
    const phone = await callee(scene);
    const other = await scene.phone();
    scene.routeTo(phone);
    scene.dial();
    await until(() => phone.heard.length > 2, 'sound');
    const [session] = phone.agent.sessions as [Session];
    await session.reinvite({ sdp: phone.sdp({ direction: 'sendonly' }) });
    expect(session.remoteSdp).toContain('a=recvonly');
    const heard = phone.heard.length;
    await new Promise(resolve => setTimeout(resolve, 60));
    expect(phone.heard.length - heard).toBeLessThanOrEqual(1);
    await session.update({ sdp: phone.sdp({ port: other.rtpPort }) });
    await until(() => other.heard.length > 2, 'sound at the other port');
  });

  it('makes an offer when it is asked for one, and goes by the answer', async () => {
    const scene = await open(BRIDGE);
    const phone = await callee(scene);
    const other = await scene.phone();
    scene.routeTo(phone);
    scene.dial();
    await scene.tellsOf(2);
    const [session] = phone.agent.sessions as [Session];
    session.onOffer = offer => offer.accept(phone.sdp({ port: other.rtpPort }));
    const answer = await session.reinvite();
    expect(`${answer.body}`).toContain('RTP/AVP 0 101');
    await until(() => other.heard.length > 2, 'sound at the place that the ACK named');
  });

  it('refuses a change to a codec that it does not speak, and stays up', async () => {
    const scene = await open(BRIDGE);
    const phone = await callee(scene);
    scene.routeTo(phone);
    scene.dial();
    await scene.tellsOf(2);
    const [session] = phone.agent.sessions as [Session];
    await expect(session.reinvite({ sdp: phone.sdp({ formats: '8' }) })).rejects.toMatchObject({
      response: { status: 488 },
    });
    expect((await session.update()).status).toBe(200);
  });
});

const isRinging = (entry: { kind: string; what?: string }): boolean =>
  entry.kind === 'leg' && entry.what === 'ringing';
