/** A screened call: who is called hears who calls, and presses a key to take it; only then are the two joined. */
import { startApplication } from './support/application.ts';
import { findDialplane } from './support/dialplane.ts';
import { until } from './support/until.ts';

/** Virtual phones of the local platform: this one answers after a second… */
const CALLER = '+12025550100';
/** …and this one does as well, and two seconds later presses 1, 2, 3, 4 and #. */
const AGENT = '+12025550105';
const TALK_MS = 2_000;

const { url, accountSid, authToken, numbers } = await findDialplane();

/** The virtual phones are used over HTTP. */
const hangUpAgent = () => fetch(`${url}/_local/handsets/${AGENT.slice(1)}/hangup`, { method: 'POST' });

let ended = false;
const rcml = (verbs: string) => `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${verbs}</Response>`;

const application = await startApplication({
  '/voice': () =>
    rcml(`
      <Dial action="/after">
        <Number url="/screen" statusCallback="/status">${AGENT}</Number>
      </Dial>`),
  '/screen': ({ form }) => {
    console.log(`${form['To']} has answered, and is asked whether to take the call`);
    return rcml(`
      <Gather action="/decide" numDigits="1" timeout="10">
        <Say>A customer is waiting. Press 1 to talk to them.</Say>
      </Gather>
      <Hangup/>`);
  },
  '/decide': ({ form }) => {
    console.log(`${form['To']} pressed ${form['Digits']}`);
    if (form['Digits'] !== '1') return rcml('<Hangup/>');
    setTimeout(hangUpAgent, TALK_MS);
    return rcml('');
  },
  '/status': ({ form }) => {
    console.log(`${form['To']}: ${form['SequenceNumber']} ${form['CallStatus']}`);
    return undefined;
  },
  '/after': ({ form }) => {
    console.log(`The dial: ${form['DialCallStatus']} after ${form['DialCallDuration']} s`);
    ended = true;
    return rcml('');
  },
});

const account = `${url}/restcomm/2012-04-24/Accounts/${accountSid}`;
const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
const post = (path: string, form: Record<string, string>) =>
  fetch(account + path, { method: 'POST', headers: { authorization }, body: new URLSearchParams(form) });

await post('/Calls.json', { From: numbers[0] as string, To: CALLER, Url: `${application.url}/voice` });

await until('the dial is over', () => ended);
application.close();
