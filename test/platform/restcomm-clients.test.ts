/** Restcomm applications and registered clients, over real sockets and in real time; rows as in restcomm-sip.test.ts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientSid } from '../../core/client.ts';
import { until } from '../sma/support/sip-phone.ts';
import { NUMBER, SipPlatform } from '../support/sip-platform.ts';

let sip: SipPlatform;
let base: string;

beforeEach(async () => {
  sip = await SipPlatform.open();
  base = `/restcomm/2012-04-24/Accounts/${sip.platform.info.accountSid}`;
});
afterEach(() => sip.close());

const api = async (path: string, form: Record<string, string>) =>
  expect(await sip.api('POST', `${base}${path}`, new URLSearchParams(form))).toBe(200);
const document = (verbs: string) => sip.customer.on('/voice', `<Response>${verbs}</Response>`);
const number = (verbs: string) =>
  api(`/IncomingPhoneNumbers/PN${'0'.repeat(32)}.json`, { VoiceUrl: document(verbs) });
const action = () => sip.customer.asked('/action').map(({ parameters }) => parameters);

/** A client calls the number; its call has been answered. */
async function calls(name: string, headers: Record<string, string> = {}) {
  const phone = await sip.clientPhone(name);
  return phone.call(`sip:${NUMBER}@${sip.domain}`, { ...sip.as(name), headers }).answered;
}

describe('A Dial of a client', () => {
  it('A01: rings it where it has registered, and ends the caller with it; C04: its headers are in the INVITE', async () => {
    const alice = await sip.clientPhone('alice');
    alice.onCall = invitation => {
      invitation.progress(180);
      setTimeout(() => void alice.accept(invitation), 300);
    };
    await number('<Dial><Client>alice?X-Order=42&priority=high</Client></Dial>');
    const session = await calls('bob');
    await until(() => alice.taken.length === 1, 'alice has answered', 10_000);
    const { headers } = alice.invitations[0]?.request ?? expect.unreachable();
    expect(['X-Order', 'X-priority'].map(name => headers.get(name))).toEqual(['42', 'high']);
    alice.taken[0]?.bye();
    await until(() => session.end !== undefined, 'bob is hung up', 10_000);
  }, 20_000);

  it('E01, B10: that is not there fails, and names no call; the next Dial is carried out', async () => {
    const alice = await sip.clientPhone('alice');
    alice.onCall = invitation => invitation.reject(486);
    sip.customer.on('/action', '<Response><Dial action="/after"><Client>alice</Client></Dial></Response>');
    await number('<Dial action="/action"><Client>nobody</Client></Dial>');
    const session = await calls('bob');
    await until(() => session.end !== undefined, 'bob is hung up', 10_000);
    expect(action()).toMatchObject([
      { DialCallStatus: 'failed', DialCallSid: 'null', DialCallDuration: '0' },
    ]);
    expect(sip.customer.asked('/after')[0]?.parameters).toMatchObject({ DialCallStatus: 'busy' });
  }, 20_000);

  it('D02: rings beside a Sip, which is cancelled when it answers', async () => {
    const [alice, henrique] = [await sip.clientPhone('alice'), await sip.phone()];
    let isCancelled = false;
    henrique.onCall = invitation => {
      invitation.progress(180);
      invitation.on('cancelled', () => {
        isCancelled = true;
      });
    };
    alice.onCall = invitation => {
      invitation.progress(180);
      setTimeout(() => void alice.accept(invitation), 600);
    };
    await number(`<Dial><Client>alice</Client><Sip>sip:h@127.0.0.1:${henrique.port}</Sip></Dial>`);
    const session = await calls('bob');
    await until(() => isCancelled && alice.taken.length === 1, 'alice has won', 10_000);
    session.bye();
    await until(() => alice.taken[0]?.end !== undefined, 'alice is hung up', 10_000);
  }, 20_000);

  it('C12: tells its action the X- headers of the INVITE that the caller came in by, their case kept', async () => {
    await number('<Dial action="/action"><Client>nobody</Client></Dial>');
    const session = await calls('bob', { 'X-My-Custom-Header': 'a b', 'X-another-header': '1' });
    await until(() => session.end !== undefined, 'bob is hung up', 10_000);
    expect(action()).toMatchObject([
      { From: 'bob', To: NUMBER, 'SipHeader_X-My-Custom-Header': 'a b', 'SipHeader_X-another-header': '1' },
    ]);
  }, 20_000);
});

describe('A call to a client that the API places', () => {
  it('H04, H05: rings it, with headers; its document is asked once it has answered', async () => {
    const alice = await sip.clientPhone('alice');
    alice.onCall = invitation => void alice.accept(invitation);
    await api('/Calls.json', { From: NUMBER, To: 'client:alice?X-Order=42', Url: document('<Hangup/>') });
    await until(() => alice.taken[0]?.end !== undefined, 'alice is hung up', 10_000);
    expect(alice.invitations[0]?.request.headers.get('X-Order')).toBe('42');
    expect(sip.customer.asked('/voice')).toHaveLength(1);
  }, 20_000);
});

describe('A client of this dialect', () => {
  it('registers with its password, and the calls that it makes follow its VoiceUrl', async () => {
    await number('<Reject/>');
    const own = sip.customer.on('/own', '<Response><Pause length="1"/><Say>Hello.</Say></Response>');
    const phone = await sip.clientPhone('carol');
    await api(`/Clients/${clientSid(sip.domain, 'carol')}.json`, { VoiceUrl: own });
    const session = await phone.call(`sip:anything@${sip.domain}`, sip.as('carol')).answered;
    await until(() => session.end !== undefined, 'the document is over', 10_000);
    expect(sip.customer.asked('/own')[0]?.parameters).toMatchObject({ From: 'carol', Direction: 'inbound' });
  }, 20_000);
});
