/** Restcomm's `Mute`, from the API to RTP: a SIP phone calls another. Real time and real sockets. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SipPhone } from '../sma/support/sip-phone.ts';
import { DialPlatform, HANDSET } from '../support/dial-platform.ts';
import { OWN } from '../support/test-platform.ts';

let test: DialPlatform;

beforeAll(async () => {
  test = await DialPlatform.start();
});
afterEach(async () => {
  await test.ended();
  const troubles = test.troubles.splice(0);
  await test.clear();
  expect(troubles).toEqual([]);
});
afterAll(() => test.close());

interface Talk {
  alice: SipPhone;
  bob: SipPhone;
  sid: string;
  callee: string;
}

/** Alice is called by the API, and her document, which asks for codecs in its own way, dials Bob. */
async function talk(formats = '0 101', attributes = ''): Promise<Talk> {
  const alice = await test.phone();
  const bob = await test.phone(invitation => {
    const session = invitation.accept({ sdp: bob.sdp({ formats }) });
    session.onOffer = offer => {
      bob.learn(offer.sdp);
      const direction = /a=sendonly/.test(offer.sdp ?? '') ? 'recvonly' : 'sendrecv';
      offer.accept(bob.sdp({ formats, direction }));
    };
    bob.taken.push(session);
  });
  const address = (phone: SipPhone) => `sip:phone@127.0.0.1:${phone.port};transport=udp`;
  const Twiml = `<Response><Dial><Sip ${attributes}>${address(bob)}</Sip></Dial></Response>`;
  const { sid } = await test.api<{ sid: string }>('Calls.json', { To: address(alice), From: OWN, Twiml });
  await test.until(() => test.callerTalks && test.story.includes('1 Call Answered in-progress'), 'they talk');
  return { alice, bob, sid, callee: sid.replace(/0000$/, '0001') };
}

const mute = async (sid: string, Mute: 'true' | 'false') =>
  expect(await test.restcomm(`Calls/${sid}.json`, { Mute })).toMatchObject({ status: 200, body: { sid } });

/** What Bob was told last of how the other side sends and receives. */
const told = ({ bob }: Talk) =>
  /a=(sendonly|recvonly|inactive)/.exec(bob.taken[0]?.remoteSdp ?? '')?.[1] ?? 'sendrecv';

/** One speaks until the other hears it, or for half a second. */
async function isHeard(speaker: SipPhone, listener: SipPhone, payloadType = 0): Promise<boolean> {
  const before = listener.sounds.length;
  for (let at = 0; at < 25 && listener.sounds.length === before; at++) {
    speaker.send({ payloadType, sequence: packet, timestamp: packet * 160 });
    packet++;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  return listener.sounds.length > before;
}
let packet = 1;

describe('Mute', () => {
  it('of a callee whose media flows past the edge: it is offered to receive only, until it is heard again', async () => {
    const it = await talk();
    await mute(it.callee, 'true');
    await test.until(() => told(it) === 'sendonly', 'bob is told');
    await mute(it.callee, 'false');
    await test.until(() => told(it) === 'sendrecv', 'bob is told again');
    expect(await isHeard(it.bob, it.alice)).toBe(true);
  });

  it('of a callee whose media passes the relay: its packets stay there, and it is offered nothing', async () => {
    const it = await talk('8 101', 'codecs="PCMA"');
    await test.until(() => it.alice.remotePort > 9, 'alice knows where to send');
    expect(await isHeard(it.bob, it.alice, 8)).toBe(true);
    await mute(it.callee, 'true');
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(await isHeard(it.bob, it.alice, 8)).toBe(false);
    await mute(it.callee, 'false');
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(await isHeard(it.bob, it.alice, 8)).toBe(true);
    expect(it.bob.invitations).toHaveLength(1);
  });

  it('of a caller: whom the voice service is told to send nothing for', async () => {
    const it = await talk();
    await test.until(() => it.bob.remotePort > 9 && it.alice.remotePort > 9, 'both know where to send');
    expect(await isHeard(it.alice, it.bob)).toBe(true);
    await mute(it.sid, 'true');
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(await isHeard(it.alice, it.bob)).toBe(false);
    expect(await isHeard(it.bob, it.alice)).toBe(true);
    await mute(it.sid, 'false');
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(await isHeard(it.alice, it.bob)).toBe(true);
  });

  it('ends with the bridge: a callee that goes to another document is muted no more', async () => {
    const it = await talk();
    await mute(it.callee, 'true');
    await test.until(() => told(it) === 'sendonly', 'bob is told');
    const Url = test.customer.on('/next', '<Response><Say>Hello.</Say><Pause length="60"/></Response>');
    expect((await test.restcomm(`Calls/${it.callee}.json`, { Url })).status).toBe(200);
    await test.until(() => it.bob.sounds.length > 0, 'bob hears his document');
    await test.until(() => told(it) === 'sendrecv', 'bob is told to speak');
  });

  it('false, where nobody is muted, is no error; true is, 409, where the voice service has dialled the callee', async () => {
    const sid = await test.dialsInRcml(`<Number>${HANDSET.callee}</Number>`);
    await test.until(
      () => test.callerTalks && test.story.includes('1 Call Answered in-progress'),
      'they talk',
    );
    await mute(sid, 'false');
    expect(await test.restcomm(`Calls/${sid}.json`, { Mute: 'true' })).toMatchObject({
      status: 409,
      body: { message: expect.stringMatching(/^1002: The call cannot be muted/) },
    });
  });
});
