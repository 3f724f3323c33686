/** Plivo's client and SIP phones: custom headers both ways. Real time and real sockets. */
import plivo from 'plivo';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlatform, type Platform } from '../../local/platform.ts';
import { SipPhone, until } from '../sma/support/sip-phone.ts';
import { CustomerServer } from '../support/customer-server.ts';
import { type PlivoClient, plivoClient } from '../support/plivo-client.ts';

let platform: Platform;
let ann: SipPhone;
let bob: SipPhone;
let customer: CustomerServer;
let client: PlivoClient;

beforeEach(async () => {
  customer = new CustomerServer(() => Date.now());
  [platform, ann, bob] = await Promise.all([
    createPlatform({ sipPort: 0, callsPerSecond: 10, env: { LOG_LEVEL: 'silent' }, log: () => {} }),
    SipPhone.open(),
    SipPhone.open(),
    customer.listen(),
  ]);
  const { plivoAuthId, authToken } = platform.info;
  customer.authToken = authToken;
  client = plivoClient(platform.url, plivoAuthId, authToken);
  for (const phone of [ann, bob]) {
    phone.onCall = invitation => {
      invitation.progress(180);
      phone.accept(invitation);
    };
  }
});

afterEach(async () => {
  await Promise.all([ann.close(), bob.close()]);
  await platform.close();
  await customer.close();
  expect(customer.requests.filter(({ genuine }) => !genuine)).toEqual([]);
});

const address = (user: string, phone: SipPhone) => `sip:${user}@127.0.0.1:${phone.port};transport=udp`;
const header = (phone: SipPhone, name: string) => phone.invitations[0]?.request.headers.get(name);
const asked = (path: string) => customer.asked(path)[0]?.parameters;
const toldOf = (path: string) => customer.asked(path).map(({ parameters }) => parameters['Event']);

describe('A call to a SIP address', () => {
  it('carries its sip_headers, and its requests tell of them and of the To that answered', async () => {
    const response = plivo.Response();
    response.addWait({ length: 1 });
    response.addRedirect(customer.on('/next', '<Response><Wait length="60"/></Response>'));
    const to = address('ann', ann);
    await client.calls.create('12025550110', to, customer.on('/answer', response.toXML()), {
      sipHeaders: 'Test=Sample,Plivo=no,Team=A%20B',
      callerName: 'Front desk',
      ringUrl: customer.on('/ring', ''),
      hangupUrl: customer.on('/hangup', ''),
    });
    await until(() => customer.asked('/next').length === 1, 'the next document is asked for', 10_000);
    ann.taken[0]?.bye();
    await until(() => customer.asked('/hangup').length === 1, 'its end is told', 10_000);

    expect(header(ann, 'X-PH-Test')).toBe('Sample');
    expect(header(ann, 'X-PH-Team')).toBe('A%20B');
    expect(header(ann, 'X-PH-Plivo')).toBeUndefined();
    expect(header(ann, 'From')).toMatch(/^"?Front desk"? <sip:\+12025550110@/);
    expect(asked('/answer')).toMatchObject({
      To: to,
      CallStatus: 'in-progress',
      'SIP-H-To': expect.stringMatching(/^<sip:ann@127\.0\.0\.1[^>]*>;tag=.+/),
      'X-PH-Test': 'Sample',
      'X-PH-Team': 'A%20B',
    });
    expect(asked('/answer')).not.toHaveProperty('X-PH-Plivo');
    expect(asked('/ring')).toMatchObject({ Event: 'Ring', 'X-PH-Test': 'Sample' });
    expect(asked('/hangup')).toMatchObject({
      Event: 'Hangup',
      CallStatus: 'completed',
      HangupCause: 'NORMAL_CLEARING',
      'X-PH-Test': 'Sample',
      'SIP-H-To': expect.stringContaining(';tag='),
    });
  }, 20_000);

  it('that is busy is told with its cause', async () => {
    ann.onCall = invitation => invitation.reject(486);
    const { requestUuid } = await client.calls.create(
      '12025550110',
      address('ann', ann),
      customer.on('/answer', ''),
      {
        hangupUrl: customer.on('/hangup', ''),
      },
    );
    await until(() => customer.asked('/hangup').length === 1, 'its end is told', 10_000);

    expect(asked('/hangup')).toMatchObject({
      CallStatus: 'busy',
      HangupCauseCode: '3010',
      HangupCause: 'USER_BUSY',
    });
    expect(await client.calls.get(requestUuid)).toMatchObject({
      callState: 'BUSY',
      hangupCauseCode: 3010,
      hangupCauseName: 'Busy Line',
    });
  }, 20_000);
});

describe('A Dial of a User', () => {
  it('puts its sipHeaders on the INVITE, and its action and callbackUrl are told of them', async () => {
    const response = plivo.Response();
    const dial = response.addDial({
      action: customer.on('/action', plivo.Response().toXML()),
      callbackUrl: customer.on('/events', ''),
      callerName: 'Ann',
      sipHeaders: 'Test=Sample,Team=1',
    });
    dial.addUser(address('bob', bob), { sipHeaders: 'Team=2' });
    await client.calls.create('12025550110', address('ann', ann), customer.on('/answer', response.toXML()), {
      hangupUrl: customer.on('/hangup', ''),
    });
    await until(() => bob.taken.length === 1, 'Bob is rung', 10_000);
    await until(() => customer.asked('/events').length === 2, 'Bob’s answer is told', 10_000);
    bob.taken[0]?.bye();
    await until(() => customer.asked('/hangup').length === 1, 'its end is told', 10_000);
    await until(() => customer.asked('/events').length === 3, 'Bob’s end is told', 10_000);

    expect(header(bob, 'X-PH-Test')).toBe('Sample');
    expect(header(bob, 'X-PH-Team')).toBe('2');
    expect(toldOf('/events').sort()).toEqual(['DialAnswer', 'DialConnected', 'DialHangup']);
    expect(asked('/events')).toMatchObject({
      DialBLegTo: address('bob', bob).replace(';transport=udp', ''),
      'X-PH-Test': 'Sample',
      'X-PH-Team': '2',
    });
    expect(asked('/action')).toMatchObject({
      Event: 'Redirect',
      DialStatus: 'completed',
      DialHangupCause: 'NORMAL_CLEARING',
      DialBLegUUID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'X-PH-Test': 'Sample',
      'X-PH-Team': '1',
    });
  }, 30_000);
});
