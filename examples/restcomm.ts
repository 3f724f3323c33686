/** A screened call: who is called hears who calls, and presses a key to take it; only then are the two joined. */
import { startApplication } from './support/application.ts';
import { findDialplane } from './support/dialplane.ts';
import { until } from './support/until.ts';

/** Virtual phones of the local platform: this one answers after a second… */
const CALLER = '+12025550105';
/** …and this one after five. */
const AGENT = '+12025550107';
const THINKS_MS = 1_500;
const TALK_MS = 2_000;

const { url, accountSid, authToken, numbers } = await findDialplane();

/** The virtual phones are used over HTTP. */
const agent = (does: string, what = {}) =>
  fetch(`${url}/_local/handsets/${AGENT.slice(1)}/${does}`, { method: 'POST', body: JSON.stringify(what) });

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
    setTimeout(() => agent('press', { digits: '1' }), THINKS_MS);
    return rcml(`
      <Gather action="/decide" numDigits="1" timeout="10">
        <Say>A customer is waiting. Press 1 to talk to them.</Say>
      </Gather>
      <Hangup/>`);
  },
  '/decide': ({ form }) => {
    console.log(`${form['To']} pressed ${form['Digits']}`);
    if (form['Digits'] !== '1') return rcml('<Hangup/>');
    setTimeout(() => agent('hangup'), TALK_MS);
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
