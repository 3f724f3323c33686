/** Other people's phones register with the platform and are called; other people's switches call in. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../sma/support/sip-phone.ts';
import { NUMBER, PASSWORD, SipPlatform } from '../support/sip-platform.ts';
import { joined } from './edge/support/steps.ts';
import { withSipp } from './sipp/run.ts';
import { pause, request, response, type Step } from './sipp/scenario.ts';
import * as uac from './sipp/uac.ts';
import { withBaresip } from './support/baresip.ts';
import { useCertificate } from './support/certificate.ts';
import { freePort } from './support/ports.ts';

const certificate = useCertificate();

let sip: SipPlatform;
beforeEach(async () => {
  sip = await SipPlatform.open();
});
afterEach(() => sip.close());

describe('baresip', () => {
  const account = (password = PASSWORD) =>
    `<sip:bob@${sip.domain}>;auth_user=bob;auth_pass=${password};outbound="sip:127.0.0.1:${sip.sipPort}";regint=600;answermode=auto`;

  /** Its telephone, at a port that stays the same when it is started again. */
  const lineOf = async (account: string) =>
    ({ transport: 'UDP', certificate: certificate(), account, port: await freePort(2) }) as const;

  /** Its first try: it gives up at a challenge for SHA-256, and would come again half a minute later. */
  const givesUp = (line: Parameters<typeof withBaresip>[0]) =>
    withBaresip(line, ({ program }) => program.says(/Register: Function not implemented/));

  test('registers with its password, is called by name, and hangs up with whoever called', async () => {
    const alice = await sip.clientPhone('alice');
    await sip.client('bob');
    const line = await lineOf(account());
    await givesUp(line);
    await withBaresip(line, async ({ program }) => {
      await program.says(/200 OK/);
      const session = await alice.call(`sip:bob@${sip.domain}`, sip.as('alice')).answered;
      await program.says(/Call established/);
      session.bye();
      await program.says(/session closed|terminated/i);
    });
  });

  test('calls a number of its account, whose application hears of it', async () => {
    await sip.voiceUrl('<Say>Welcome.</Say>');
    await sip.client('bob');
    const commands = [`/dial sip:${NUMBER}@${sip.domain}`];
    const line = { ...(await lineOf(account())), commands };
    await givesUp({ ...line, commands: [] });
    await withBaresip(line, async ({ program }) => {
      await program.says(/Call established/);
      await program.says(/session closed|terminated/i);
    });
    expect(sip.customer.asked('/voice')[0]?.parameters).toMatchObject({ From: 'client:bob', To: NUMBER });
  });

  test('is not let in with another password', async () => {
    await sip.client('bob');
    const line = await lineOf(account('incorrect-horse'));
    await givesUp(line);
    await withBaresip(line, ({ program }) => program.says(/401 Unauthorized/));
  });
});

describe('SIPp as a carrier', () => {
  const towards = (dialled: string, ...steps: Step[]) =>
    steps.map(step => step.replaceAll('sip:sut@', `sip:${dialled}@`));
  const edge = () => `127.0.0.1:${sip.sipPort}`;
  /** What a NOTIFY says of the REFER, whose CSeq is its id (RFC 3515 §2.4.6). */
  const reports = (state: string, fragment: string) =>
    `Event: refer;id=2.*Subscription-State: ${state}.*Content-Type: message/sipfrag.*SIP/2.0 ${fragment}`;

  test('calls a number, with a header for its application, and is hung up at the end of the document', async () => {
    await sip.voiceUrl('<Say>Goodbye.</Say>');
    await sip.trunk();
    const steps = towards(
      NUMBER.slice(1),
      uac.invite(1, { headers: ['X-Customer: 42', 'Diversion: <sip:+4930999@example.com>'] }),
      response(100, { optional: true }),
      response(180, { optional: true }),
      response(200, { with: 'rrs="true"' }),
      uac.ack(1),
      ...uac.byeOfPeer,
    );
    await withSipp({ steps, transport: 'UDP' }, edge(), ({ done }) => done);
    expect(sip.customer.asked('/voice')[0]?.parameters).toMatchObject({
      To: NUMBER,
      'SipHeader_X-Customer': '42',
      SipHeader_Diversion: '<sip:+4930999@example.com>',
    });
    await until(
      () => sip.platform.timelines.calls.some(({ status }) => status === 'completed'),
      'its end is told',
      5_000,
    );
  });

  test('sends on whom its call has reached (REFER), hears that (RFC 3515 §2.4.4), is hung up, and the other one goes on', async () => {
    const bob = await sip.phone();
    bob.onCall = invitation => bob.accept(invitation);
    const [referUrl, action] = [
      sip.customer.on('/refer', '<Response><Say>Hello you.</Say></Response>'),
      sip.customer.on('/after', '<Response/>'),
    ];
    const noun = `<Sip>sip:bob@127.0.0.1:${bob.port};transport=udp</Sip>`;
    const attributes = `answerOnBridge="true" referUrl="${referUrl}" action="${action}"`;
    await sip.voiceUrl(`<Dial ${attributes}>${noun}</Dial>`);
    await sip.trunk();
    const steps = towards(
      NUMBER.slice(1),
      ...joined,
      pause(100),
      uac.ask('REFER', 2, { headers: ['Refer-To: <sip:carol@sip.example.com?Replaces=1>'] }),
      response(202),
      request('NOTIFY', { must: reports('active;expires=[0-9]+', '100 Trying') }),
      uac.answer(200, 'OK'),
      request('NOTIFY', { must: reports('terminated;reason=noresource', '200 OK') }),
      uac.answer(200, 'OK'),
      ...uac.byeOfPeer,
    );
    await withSipp({ steps, transport: 'UDP' }, edge(), ({ done }) => done);
    await until(() => bob.sounds.length > 0, 'the callee hears its document', 5_000);
    await until(() => bob.taken[0]?.end?.by === 'remote', 'it is hung up at the end of it', 5_000);
    const [parameters] = sip.customer.asked('/refer').map(asked => asked.parameters);
    const told = () => sip.platform.timelines.get(parameters?.['CallSid'] ?? '')?.entries ?? [];
    const ends = () => told().filter(entry => entry.kind === 'bus' && entry.type === 'Call Completed');
    await until(() => ends().length === 2, 'both ends are told', 5_000);
    expect(parameters).toMatchObject({
      ReferTransferTarget: 'sip:carol@sip.example.com',
      CallStatus: 'in-progress',
    });
    expect(['/refer', '/after'].map(path => sip.customer.asked(path).length)).toEqual([1, 0]);
  });

  test('is told that a number is nobody’s', async () => {
    await sip.trunk();
    const steps = towards('12025559999', uac.invite(), response(404), uac.ackOfRefusal());
    await withSipp({ steps, transport: 'UDP' }, edge(), ({ done }) => done);
  });
});
