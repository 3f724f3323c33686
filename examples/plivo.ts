/** Custom SIP headers, both ways: those that the application asks for reach the phones, and those of a phone the application. */
import plivo from 'plivo';
import { type SipPhone, startSipPhone } from '../local/sip-phone.ts';
import { parseUri } from '../sip/uri/uri.ts';
import { startApplication } from './support/application.ts';
import { findDialplane } from './support/dialplane.ts';
import { leadPlivoTo } from './support/plivo.ts';
import { until } from './support/until.ts';

const dialplane = await findDialplane();
const { accountSid, plivoAuthId, authToken, numbers, sip, url } = dialplane;

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
  '/help': ({ form }) => {
    console.log(`${form['From']} calls, X-PH-Ticket: ${form['X-PH-Ticket']}`);
    const response = plivo.Response();
    response.addSpeak('We have your ticket.');
    return response.toXML();
  },
  '/hangup': ({ form }) => {
    console.log(`The call ended: ${form['HangupCauseName']}, X-PH-Department: ${form['X-PH-Department']}`);
    ended = true;
    return undefined;
  },
});

leadPlivoTo(url);
const client = new plivo.Client(plivoAuthId, authToken);

// To the phones: the call's headers to Ann, those of the Dial to Ben.
await client.calls.create(numbers[0] as string, address(ann), `${application.url}/answer`, {
  sipHeaders: 'Department=sales',
  hangupUrl: `${application.url}/hangup`,
});
await until('Ben has answered', () => ben.requests.some(({ method }) => method === 'ACK'));
setTimeout(() => ann.hangUp(), 1_000);
await until('the call has ended', () => ended);

// From a phone: an endpoint calls, and its application hears what it brought along.
const login = { username: `ann${Date.now()}`, password: 'correct-horse-battery' };
const { appId } = await client.applications.create('Help desk', {
  answerUrl: `${application.url}/help`,
  hangupUrl: `${application.url}/hangup`,
});
await client.endpoints.create(login.username, login.password, 'Ann', appId);
await ann.call(`sip:help@${accountSid}`, {
  from: `sip:${login.username}@${accountSid}`,
  nextHop: parseUri(`sip:${sip.host}:${sip.port}`),
  credentials: () => login,
  headers: { 'X-PH-Ticket': '77' },
});
await until('the application has hung up', () => ann.requests.some(({ method }) => method === 'BYE'));

await Promise.all(phones.map(phone => phone.close()));
application.close();
