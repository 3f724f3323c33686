/** Callers and callees that speak PCMA alone, whose media the edge converts: what each of them hears. Real time, real sockets, real RTP. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { A_TO_MU, MU_TO_A } from '../../rtp/g711.ts';
import type { Session } from '../../sip/user-agent.ts';
import { type SipPhone, until } from '../sma/support/sip-phone.ts';
import { NUMBER, SipPlatform } from '../support/sip-platform.ts';

const PATIENCE_MS = 15_000;
const PCMU = 0;
const PCMA = 8;
const PACKETS = 60;
/** What each says, in its own codec; the voice service's words and its silence are others. */
const CALLER_BYTE = 0x21;
const CALLEE_BYTE = 0x33;

let sip: SipPlatform;
beforeEach(async () => {
  sip = await SipPlatform.open();
});
afterEach(() => sip.close());

/** Whoever is called speaks PCMA alone, too. */
async function callee(): Promise<SipPhone> {
  const bob = await sip.phone();
  bob.onCall = invitation => {
    invitation.progress(180);
    bob.accept(invitation, {}, { formats: '8 101' });
  };
  return bob;
}

/** The ways in, each with the codec that its caller speaks. */
const CALLERS: [
  who: string,
  codec: number,
  call: () => Promise<[phone: SipPhone, session: Promise<Session>]>,
][] = [
  ['A carrier that speaks PCMA', PCMA, () => carrier('8 101')],
  ['A carrier that speaks PCMU', PCMU, () => carrier('0 101')],
  [
    'A client that speaks PCMA',
    PCMA,
    async () => {
      const alice = await sip.clientPhone('alice');
      const call = alice.call(`sip:${NUMBER}@${sip.domain}`, {
        ...sip.as('alice'),
        sdp: alice.sdp({ formats: '8 101' }),
      });
      return [alice, call.answered];
    },
  ],
];

async function carrier(formats: string): Promise<[SipPhone, Promise<Session>]> {
  await sip.trunk();
  const phone = await sip.phone();
  const call = phone.call('sip:12025550110@127.0.0.1', {
    from: 'sip:+4930123456@sip.example.com',
    nextHop: sip.edge,
    sdp: phone.sdp({ formats }),
  });
  return [phone, call.answered];
}

/** Says the same sound over and over at a telephone's pace, from that number on. */
async function says(phone: SipPhone, payloadType: number, byte: number, from: number): Promise<void> {
  const payload = new Uint8Array(160).fill(byte);
  for (let sequence = from; sequence < from + PACKETS; sequence++) {
    phone.send({ payloadType, sequence, timestamp: 160 * sequence, payload });
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

const heard = (phone: SipPhone, payloadType: number, byte: number | undefined) =>
  phone.heard.filter(each => each.payloadType === payloadType && each.payload.every(one => one === byte))
    .length;
/** Its packets that are no silence, which of PCMA is 0xd5. */
const sounds = (phone: SipPhone) =>
  phone.heard.filter(({ payloadType, payload }) => payloadType === PCMA && payload.some(one => one !== 0xd5));

describe.each(CALLERS)('%s', (_, codec, calls) => {
  it('and a callee that speaks PCMA and is screened: hear the document first, and then each other', async () => {
    const bob = await callee();
    const keys = sip.customer.on('/keys', '<Response/>');
    const screen = sip.customer.on(
      '/screen',
      `<Response><Gather numDigits="1" timeout="20" action="${keys}"><Say>A call for you.</Say></Gather><Hangup/></Response>`,
    );
    await sip.voiceUrl(
      `<Dial><Sip codecs="PCMA" url="${screen}">sip:bob@127.0.0.1:${bob.port};transport=udp</Sip></Dial>`,
    );
    const [caller, answered] = await calls();

    // The callee and its document hear each other: words one way, a key the other.
    await until(() => sounds(bob).length > 10, 'bob hears the document', PATIENCE_MS);
    expect(new Set(bob.heard.map(({ payloadType }) => payloadType))).toEqual(new Set([PCMA]));
    await says(bob, PCMA, CALLEE_BYTE, 0);
    expect(heard(caller, codec, codec === PCMA ? CALLEE_BYTE : A_TO_MU[CALLEE_BYTE])).toBe(0);
    bob.press('1', PACKETS, 160 * PACKETS);
    await until(() => sip.customer.asked('/keys').length === 1, 'the key is heard', PATIENCE_MS);

    // It has accepted.
    const session = await answered;
    await Promise.all([says(caller, codec, CALLER_BYTE, 0), says(bob, PCMA, CALLEE_BYTE, PACKETS + 20)]);
    const [atCallee, atCaller] =
      codec === PCMA ? [CALLER_BYTE, CALLEE_BYTE] : [MU_TO_A[CALLER_BYTE], A_TO_MU[CALLEE_BYTE]];
    expect(heard(bob, PCMA, atCallee)).toBeGreaterThan(PACKETS / 2);
    expect(heard(caller, codec, atCaller)).toBeGreaterThan(PACKETS / 2);

    session.bye();
    await until(() => bob.taken[0]?.end !== undefined, 'bob is hung up', PATIENCE_MS);
  }, 40_000);
});
