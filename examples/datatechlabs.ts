/** Two SIP phones are called back and joined, each with headers of its own and a SIP UPDATE every two seconds. */
import { type SipPhone, startSipPhone } from '../local/sip-phone.ts';
import type { SipRequest } from '../sip/message/message.ts';
import { ask, findDialplane } from './support/dialplane.ts';
import { until } from './support/until.ts';

/** A deployment takes 30 s at least; carriers ask for 900. */
const SIP_UPDATE_SECONDS = 2;

interface Leg {
  state: string;
}

const dialplane = await findDialplane();

const show = (phone: string, { method, headers, cseq }: SipRequest) => {
  const identity = headers.get('P-Asserted-Identity');
  console.log(`${phone} got ${method} (CSeq ${cseq?.number})${identity ? `, identity ${identity}` : ''}`);
};
const phones: SipPhone[] = await Promise.all([
  startSipPhone('Ann', { answersAfterMs: 200 }, show),
  startSipPhone('Ben', { answersAfterMs: 400 }, show),
]);
const [ann, ben] = phones as [SipPhone, SipPhone];
const address = ({ name, host, port }: SipPhone) => `sip:${name.toLowerCase()}@${host}:${port}`;

const { request_id } = await ask<{ request_id: string }>(dialplane, '/voice/call/callback', {
  leg_A: {
    to: address(ann),
    from: '1000125',
    'osip_P-Asserted-Identity': 'tel:+3312345678',
    osip_Privacy: 'Id',
    sip_update: SIP_UPDATE_SECONDS,
  },
  leg_B: {
    to: address(ben),
    from: '1000123',
    'osip_P-Asserted-Identity': 'tel:+4412345678',
    osip_Privacy: 'Id',
    sip_update: SIP_UPDATE_SECONDS,
  },
});

async function states(): Promise<string[]> {
  const { data } = await ask<{ data: { leg_A: Leg; leg_B: Leg } }>(
    dialplane,
    `/voice/call/status/${request_id}`,
  );
  return [data.leg_A.state, data.leg_B.state];
}

const updates = ({ requests }: SipPhone) => requests.filter(({ method }) => method === 'UPDATE').length;
await until('both phones have had two UPDATEs', () => phones.every(phone => updates(phone) >= 2));

ben.hangUp();
await until('both legs have ended', async () => (await states()).every(state => state === 'completed'));
console.log(`The call: ${(await states()).join(', ')}`);

await Promise.all(phones.map(phone => phone.close()));
