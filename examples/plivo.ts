/** Custom SIP headers: what the application asks for reaches the phones, and comes back with every question about the call. */
import plivo from 'plivo';
import { type SipPhone, startSipPhone } from '../local/sip-phone.ts';
import { startApplication } from './support/application.ts';
import { findDialplane } from './support/dialplane.ts';
import { leadPlivoTo } from './support/plivo.ts';
import { until } from './support/until.ts';

const dialplane = await findDialplane();
const { plivoAuthId, authToken, numbers, url } = dialplane;

const phones = await Promise.all(
  ['Ann', 'Ben'].map(name =>
    startSipPhone(name, { answersAfterMs: 200 }, (phone, { method, headers }) => {
      const custom = [...headers].filter(([header]) => header.startsWith('X-PH-'));
      if (custom.length > 0)
        console.log(`${phone} got ${method}, ${custom.map(pair => pair.join(': ')).join(', ')}`);
    }),
  ),
);
const [ann, ben] = phones as [SipPhone, SipPhone];
const address = ({ name, host, port }: SipPhone) => `sip:${name.toLowerCase()}@${host}:${port}`;

let ended = false;
const application = await startApplication({
  '/answer': ({ form }) => {
    console.log(`Asked for a document, X-PH-Department: ${form['X-PH-Department']}`);
    const response = plivo.Response();
    response.addDial({ sipHeaders: 'Customer=42' }).addUser(address(ben));
    return response.toXML();
  },
  '/hangup': ({ form }) => {
    console.log(`The call ended: ${form['HangupCauseName']}, X-PH-Department: ${form['X-PH-Department']}`);
    ended = true;
    return undefined;
  },
});

leadPlivoTo(url);
await new plivo.Client(plivoAuthId, authToken).calls.create(
  numbers[0] as string,
  address(ann),
  `${application.url}/answer`,
  { sipHeaders: 'Department=sales', hangupUrl: `${application.url}/hangup` },
);

await until('Ben has answered', () => ben.requests.some(({ method }) => method === 'ACK'));
setTimeout(() => ann.hangUp(), 1_000);
await until('the call has ended', () => ended);

await Promise.all(phones.map(phone => phone.close()));
application.close();
