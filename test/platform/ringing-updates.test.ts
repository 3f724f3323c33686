/** Changing calls of the SIP edge's while they ring. Real time and real sockets. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SipPhone } from '../sma/support/sip-phone.ts';
import { DialPlatform, expectToldInOrder } from '../support/dial-platform.ts';
import { OWN } from '../support/test-platform.ts';

let test: DialPlatform;
beforeAll(async () => {
  test = await DialPlatform.start();
});
afterAll(() => test.close());
expectToldInOrder(() => test);

const at = ({ port }: SipPhone) => `sip:bob@127.0.0.1:${port};transport=udp`;
const told = (path: string) =>
  test.customer
    .asked(path)
    .map(({ parameters: p }) => `${p['SequenceNumber']} ${p['CallStatus']}`)
    .sort();
const ringing = (phone: SipPhone) => test.until(() => phone.invitations.length === 1, 'it rings');
const ringingPhone = () => test.phone(invitation => invitation.progress(180));
/** A call to it by the cXML API, which rings. */
async function placed(phone: SipPhone, more: Record<string, string>): Promise<string> {
  const call = { To: at(phone), From: OWN, ...more };
  const { sid } = await test.api<{ sid: string }>('Calls.json', call);
  await ringing(phone);
  return sid;
}
const voice = (document = '<Response/>') => ({ Url: test.customer.on('/voice', document) });
const toldAtStatus = () => ({ StatusCallback: `${test.customer.url}/status` });

describe('A call to a SIP address that rings', () => {
  it('has another subscriber from the moment at which it is told to', async () => {
    const phone = await ringingPhone();
    const sid = await placed(phone, { ...voice(), ...toldAtStatus() });
    await test.api(`Calls/${sid}.json`, { StatusCallback: `${test.customer.url}/elsewhere` });
    phone.invitations[0]?.reject(486);
    await test.until(() => told('/elsewhere').length > 0 || told('/status').length > 0, 'its end is told');
    expect([told('/status'), told('/elsewhere')]).toEqual([[], ['0 busy']]);
  });

  it('has a subscriber from the moment at which it is told to, though it had none', async () => {
    const phone = await ringingPhone();
    const sid = await placed(phone, voice());
    await test.api(`Calls/${sid}.json`, { StatusCallback: `${test.customer.url}/elsewhere` });
    phone.invitations[0]?.reject(486);
    await test.until(() => told('/elsewhere').length > 0, 'its end is told');
    expect(told('/elsewhere')).toEqual(['0 busy']);
  });

  it('is canceled, and its end is told to whom the same request names', async () => {
    const phone = await ringingPhone();
    const sid = await placed(phone, { ...voice(), ...toldAtStatus() });
    const StatusCallback = `${test.customer.url}/elsewhere`;
    await test.api(`Calls/${sid}.json`, { Status: 'canceled', StatusCallback });
    await test.until(() => phone.invitations[0]?.state === 'cancelled', 'it rings no more');
    await test.until(() => told('/elsewhere').length + told('/status').length > 0, 'its end is told');
    expect([told('/status'), told('/elsewhere')]).toEqual([[], ['0 canceled']]);
  });

  it('keeps it once it is answered', async () => {
    const phone = await ringingPhone();
    const document = '<Response><Pause length="60"/></Response>';
    const sid = await placed(phone, { ...voice(document), ...toldAtStatus() });
    await test.api(`Calls/${sid}.json`, { StatusCallback: `${test.customer.url}/elsewhere` });
    const [invitation] = phone.invitations;
    if (invitation) phone.accept(invitation);
    await test.until(() => test.customer.asked('/voice').length === 1, 'its document is asked for');
    phone.taken[0]?.bye();
    await test.until(() => told('/elsewhere').length + told('/status').length > 0, 'its end is told');
    expect([told('/status'), told('/elsewhere')]).toEqual([[], ['0 completed']]);
  });
});

describe('A call to a SIP address, as each platform has it, while it rings', () => {
  const restcommCall = async (phone: SipPhone) => {
    const Url = test.customer.on('/voice', '<Response/>');
    const StatusCallback = test.customer.on('/status', '');
    const { body } = await test.restcomm('Calls.json', {
      From: OWN,
      To: at(phone),
      Url,
      StatusCallback,
    });
    await ringing(phone);
    return body['sid'] as string;
  };
  const plivoCall = async (phone: SipPhone) => {
    const answer_url = test.customer.on('/plivo', '<Response/>');
    const hangup_url = test.customer.on('/hangup', '');
    const { body } = await test.plivo('Call/', { from: OWN, to: at(phone), answer_url, hangup_url });
    await ringing(phone);
    return body['request_uuid'] as string;
  };
  const isCancelled = (phone: SipPhone) =>
    test.until(() => phone.invitations[0]?.state === 'cancelled', 'it rings no more');

  it.each(['canceled', 'completed'])('is ended by Status=%s of Restcomm', async Status => {
    const phone = await ringingPhone();
    const sid = await restcommCall(phone);
    expect((await test.restcomm(`Calls.json/${sid}`, { Status })).status).toBe(200);
    await isCancelled(phone);
    await test.until(() => told('/status').length === 3, 'all is told');
    expect(told('/status')).toEqual(['0 initiated', '1 ringing', `2 ${Status}`]);
  });

  it.each(['Call', 'Request'])('is ended by DELETE %s/… of Plivo', async resource => {
    const phone = await ringingPhone();
    const uuid = await plivoCall(phone);
    expect(await test.plivoDeletes(`${resource}/${uuid}/`)).toBe(204);
    await isCancelled(phone);
    await test.until(() => test.customer.asked('/hangup').length === 1, 'its end is told');
    expect(test.customer.asked('/hangup')[0]?.parameters).toMatchObject({
      CallStatus: 'cancel',
      HangupSource: 'API Request',
    });
  });

  it('is not sent to another document: to all three that is for calls in progress', async () => {
    const [one, two, three] = [await ringingPhone(), await ringingPhone(), await ringingPhone()];
    const sid = await placed(one, { Twiml: '<Response/>' });
    const [ofRestcomm, ofPlivo] = [await restcommCall(two), await plivoCall(three)];
    const Url = test.customer.on('/next', '<Response/>');
    await expect(test.api(`Calls/${sid}.json`, { Url })).rejects.toThrow(/422.*21220/);
    expect((await test.restcomm(`Calls.json/${ofRestcomm}`, { Url })).status).toBe(409);
    expect((await test.plivo(`Call/${ofPlivo}/`, { aleg_url: Url })).status).toBe(404);
    for (const phone of [one, two, three]) {
      expect(phone.invitations[0]?.state).toBe('open');
      phone.invitations[0]?.reject(486);
    }
  });
});

describe('A SIP address that a Dial rings', () => {
  it('has a subscriber from the moment at which it is told to', async () => {
    const phone = await ringingPhone();
    const sid = await test.dials(`<Sip>${at(phone)}</Sip>`);
    await ringing(phone);
    const child = `${sid.slice(0, -4)}0001`;
    await test.api(`Calls/${child}.json`, { StatusCallback: `${test.customer.url}/elsewhere` });
    phone.invitations[0]?.reject(486);
    await test.until(() => told('/elsewhere').length > 0, 'its end is told');
    expect(told('/elsewhere')).toEqual(['0 busy']);
  });
});
