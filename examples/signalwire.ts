/** A call rings three SIP phones at once: one is busy, one answers, and the third is told that somebody else has. */
import { RestClient } from '@signalwire/compatibility-api';
import { type SipPhone, startSipPhone } from '../local/sip-phone.ts';
import { type Asked, startApplication } from './support/application.ts';
import { findDialplane } from './support/dialplane.ts';
import { until } from './support/until.ts';

/** One of the virtual phones of the local platform: it answers after a second. */
const CALLEE = '+12025550100';

const dialplane = await findDialplane();
const { authToken, numbers } = dialplane;

const phones = await Promise.all([
  startSipPhone('Busy', { refusesWith: 486 }, () => {}),
  startSipPhone('Ann', { answersAfterMs: 300 }, () => {}),
  startSipPhone('Slow', 'rings on', () => {}),
]);
const ann = phones[1] as SipPhone;

let ended: Asked['form'] | undefined;
const completed = new Set<string>();

/** Only Dialplane knows the account's token: what is not signed with it is not from there. */
function isGenuine({ url, headers, form }: Asked): boolean {
  const signature = String(headers['x-signalwire-signature']);
  return RestClient.validateRequest(authToken, signature, url, form);
}

const application = await startApplication({
  '/voice': asked => {
    console.log(`What shall ${asked.form['CallSid']} do?`);
    const response = new RestClient.LaML.VoiceResponse();
    const dial = response.dial({ action: `${application.url}/after`, timeout: 20 });
    for (const { name, host, port } of phones) {
      dial.sip(
        {
          statusCallback: `${application.url}/status?phone=${name}`,
          statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
        },
        `sip:${name.toLowerCase()}@${host}:${port};transport=udp?X-Department=sales`,
      );
    }
    return response.toString();
  },
  '/status': asked => {
    const { phone = '' } = asked.query;
    const { CallStatus, SequenceNumber, CallDuration } = asked.form;
    console.log(`${phone}: ${SequenceNumber} ${CallStatus}${isGenuine(asked) ? '' : ' (forged!)'}`);
    if (CallDuration !== undefined) completed.add(phone);
    if (phone === 'Ann' && CallStatus === 'in-progress') setTimeout(() => ann.hangUp(), 1_000);
    return undefined;
  },
  '/after': ({ form }) => {
    ended = form;
    return new RestClient.LaML.VoiceResponse().toString();
  },
});

const client = new RestClient(dialplane.accountUuid, authToken, { signalwireSpaceUrl: 'example.invalid' });
client.api.baseUrl = dialplane.url;
await client.calls.create({ to: CALLEE, from: numbers[0] as string, url: `${application.url}/voice` });

await until('all three have completed', () => completed.size === phones.length && ended !== undefined);
const department = ann.requests.find(({ method }) => method === 'INVITE')?.headers.get('X-Department');
console.log(`Ann was told X-Department: ${department}`);
console.log(`The dial: ${ended?.['DialCallStatus']}, SIP ${ended?.['DialSipResponseCode']}`);

await Promise.all(phones.map(phone => phone.close()));
application.close();
