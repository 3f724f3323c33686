/** A callee who sends the caller on. Real time and real sockets. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Session } from '../../sip/user-agent.ts';
import { type SipPhone, until } from '../sma/support/sip-phone.ts';
import { NUMBER, SipPlatform } from '../support/sip-platform.ts';

let sip: SipPlatform;
beforeEach(async () => {
  sip = await SipPlatform.open();
});
afterEach(() => sip.close());

/** Alice has called a number whose document dials a SIP phone, with these attributes; both talk: she was answered when they were joined. */
async function talking(attributes: string): Promise<{ alice: Session; callee: SipPhone }> {
  const callee = await sip.phone();
  callee.onCall = invitation => callee.accept(invitation);
  const uri = `sip:desk@127.0.0.1:${callee.port};transport=udp`;
  await sip.voiceUrl(`<Dial answerOnBridge="true" ${attributes}><Sip>${uri}</Sip></Dial>`);
  const phone = await sip.clientPhone('alice');
  const alice = await phone.call(`sip:${NUMBER}@${sip.domain}`, sip.as('alice')).answered;
  await until(() => callee.taken.length === 1, 'the two talk', 5_000);
  return { alice, callee };
}

describe('A callee that sends REFER', () => {
  it('is hung up where the Dial has a referUrl, whose document the caller goes on with', async () => {
    const document = '<Response><Say>You are being transferred.</Say></Response>';
    const referUrl = sip.customer.on('/refer', document);
    const action = sip.customer.on('/after', '<Response/>');
    const { alice, callee } = await talking(`referUrl="${referUrl}" action="${action}"`);
    const referral = await callee.taken[0]?.refer('sip:carol@sip.example.com');
    await until(() => alice.end !== undefined, 'the document is over', 10_000);
    expect(referral?.status).toBe(200);
    expect(callee.taken[0]?.end).toBeDefined();
    expect(sip.customer.asked('/after')).toEqual([]);
    const [asked, ...more] = sip.customer.asked('/refer');
    expect(more).toEqual([]);
    expect(asked).toMatchObject({
      genuine: true,
      parameters: {
        ReferTransferTarget: 'sip:carol@sip.example.com',
        CallStatus: 'in-progress',
        From: 'client:alice',
        To: NUMBER,
      },
    });
  });

  it('is refused where the Dial has none, and the two go on talking', async () => {
    const { alice, callee } = await talking('');
    const refused = callee.taken[0]?.refer('sip:carol@sip.example.com');
    await expect(refused).rejects.toMatchObject({ status: 603 });
    expect([alice.end, callee.taken[0]?.end]).toEqual([undefined, undefined]);
    alice.bye();
  });
});
