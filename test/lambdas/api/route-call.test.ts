/** Where the legs of a callback lead, by the account's routes, and what is refused before anybody is called. */
import { describe, expect, it } from 'vitest';
import type { PlaceCall } from '../../../core/operation.ts';
import type { Trunk } from '../../../core/trunk.ts';
import { PSTN, route, to, trunk } from '../../core/directory.ts';
import {
  ACCOUNT_SID,
  answerTo,
  body,
  decode,
  legA,
  legB,
  OWN,
  OWN_TOO,
  TO_A,
  TO_B,
} from '../../dialects/datatechlabs/support.ts';
import { type Deployment, refused, routed, WITH_PBX } from './routing.ts';

const SIP = 'sip:alice@example.com:5070';
const ALICE = { kind: 'sip', uri: SIP, transport: 'udp', codecs: ['PCMU', 'PCMA'] };
const HOOK = { url: 'https://example.com/events', method: 'POST', events: ['completed'] };
const WITH_EDGE: Deployment = { edge: true, numbers: [OWN, OWN_TOO] };

/** 1000123 called from 1000125, over a trunk with these settings. */
const PBX_CALL = decode(body({ leg_A: { to: '1000123', from: '1000125' } }));
const over = (settings: Partial<Trunk>): Deployment => ({
  edge: true,
  directory: { routes: WITH_PBX.directory.routes, trunks: [trunk('pbx', settings)] },
});

const firstLeg = async (attributes: object, deployment: Deployment = WITH_EDGE) =>
  (await routed(decode(body({ leg_A: attributes })), deployment)).sip;
const verbsOf = async (more: object, deployment: Deployment = WITH_EDGE) => {
  const { entry } = await routed(decode(body(more)), deployment);
  return 'verbs' in entry ? entry.verbs : entry;
};
const refusal = (more: object, deployment?: Deployment) => refused(decode(body(more)), deployment);

describe('A call between telephone numbers', () => {
  it('rings A, then B, and hangs up when either does', async () => {
    expect(await routed(decode(body({ timeout: 20, time_limit: 600 })))).toEqual({
      to: TO_A,
      entry: {
        verbs: [
          {
            verb: 'DialNumber',
            targets: [{ kind: 'number', number: TO_B }],
            timeoutSeconds: 20,
            timeLimitSeconds: 600,
            hangupOnStar: false,
            answer: 'document',
            afterwards: 'hangup',
          },
        ],
      },
    });
  });

  it('shows B the number that its leg comes from, and tells of B whom B’s leg says', async () => {
    const leg = legB({ from: OWN_TOO, status_callback: HOOK.url, status_callback_event: 'completed' });

    expect(await verbsOf({ leg_B: leg })).toMatchObject([
      { callerId: OWN_TOO, targets: [{ number: TO_B, callback: HOOK }] },
    ]);
  });

  it('needs no SIP edge and is not kept from it by one', async () => {
    const call = decode(body());

    expect(await routed(call, { edge: true })).toEqual(await routed(call, { edge: false }));
  });

  it('goes where a route sends it, with the number as the route makes it', async () => {
    const directory = { routes: [route('00.', PSTN, { strip: 2, prepend: '+' })] };
    const call = decode(body({ leg_A: { to: '0012025550100' }, leg_B: { to: '0012025550107' } }));

    expect(await routed(call, { directory })).toMatchObject({
      to: TO_A,
      entry: { verbs: [{ verb: 'DialNumber', targets: [{ number: TO_B }] }] },
    });
  });

  it.each(['leg_A', 'leg_B'])('shows only numbers of the account: %s.from is none of them', async leg => {
    const problem = await refusal({ [leg]: legA({ from: OWN }) }, { numbers: [OWN_TOO] });

    expect(problem).toMatchObject({
      kind: 'caller-id-not-owned',
      field: `${leg}.from`,
      message: `${leg}.from is ${OWN}, which is none of this account's numbers.`,
    });
  });

  it.each(['leg_A', 'leg_B'])('shows no names: %s.from is one', async leg => {
    expect(await refusal({ [leg]: legB({ from: 'Company' }) }, WITH_EDGE)).toMatchObject({
      kind: 'invalid-parameter',
      field: `${leg}.from`,
      message: `${leg}.from is "Company": towards the telephone network it has to be one of your numbers in E.164 form.`,
    });
  });
});

describe('What a leg asks for of SIP, towards a telephone number', () => {
  it('is refused, and the refusal says which leg, what and why', async () => {
    const problem = await refusal({ leg_B: legB({ sip_update: 900, osip_Privacy: 'Id' }) }, WITH_EDGE);

    expect(problem.field).toBe('leg_B.sip_update');
    expect(answerTo(problem)).toEqual({
      status: 400,
      body: {
        code: 301,
        status: 400,
        data: 'leg_B asks for sip_update, osip_Privacy, but +12025550107 is reached over the telephone network, which carries no SIP headers and no UPDATE. Leave them out.',
      },
    });
  });

  it.each(['leg_A', 'leg_B'])('is refused for one wish of %s as well', async leg => {
    expect((await refusal({ [leg]: legA({ sip_update: 900 }) })).message).toMatch(
      new RegExp(`^${leg} asks for sip_update, but .* Leave it out\\.$`),
    );
  });

  it('is refused for A though B could have it', async () => {
    const legs = { leg_A: legA({ osip_Privacy: 'id' }), leg_B: { to: SIP, osip_Privacy: 'id' } };

    expect(await refusal(legs, WITH_EDGE)).toMatchObject({ kind: 'unroutable', field: 'leg_A.osip_Privacy' });
  });
});

describe('A leg that leads nowhere', () => {
  const nowhere = (leg: string, text: string) =>
    `${leg}.to: "${text}" is neither a number in E.164 form (such as +12025550100), nor one that a route of this account leads on, nor a SIP address or a client of this account.`;

  it.each(['1000123', '12025550100', '+0', '+1202555010012345', 'Bob', 'client:bob'])(
    'is refused: %s',
    async text => {
      for (const leg of ['leg_A', 'leg_B']) {
        expect(await refusal({ [leg]: { to: text } }, WITH_EDGE)).toMatchObject({
          kind: 'unroutable',
          field: `${leg}.to`,
          message: nowhere(leg, text),
        });
      }
    },
  );

  it('is refused as its route says', async () => {
    const directory = {
      routes: [route('+1900.', { kind: 'refuse', reason: 'Nobody calls premium numbers.' })],
    };

    expect(await refusal({ leg_B: { to: '+19005550100' } }, { directory })).toMatchObject({
      kind: 'unroutable',
      field: 'leg_B.to',
      message: 'leg_B.to: Nobody calls premium numbers.',
    });
  });

  it('is refused where the trunk of its route is gone', async () => {
    const directory = { routes: [route('1000XXX', to('old'), { id: 'RT1' })] };

    expect((await refusal({ leg_A: { to: '1000123' } }, { edge: true, directory })).message).toBe(
      'leg_A.to: Route RT1 leads to the trunk old, which is gone.',
    );
  });

  it('is refused without a word of the password in its address', async () => {
    const { message } = await refusal({ leg_A: { to: 'sip:alice:s3cret@example.com' } }, WITH_EDGE);

    expect(message).toBe(
      'leg_A.to: The address has a password in it, which everybody on the way could read.',
    );
  });
});

describe('A leg to a SIP address', () => {
  it.each(['leg_A', 'leg_B'])('is refused where there is no SIP edge: %s', async leg => {
    expect(await refusal({ [leg]: { to: 'sip:alice@example.com:5060' } }, { edge: false })).toMatchObject({
      kind: 'unroutable',
      field: `${leg}.to`,
      message: `${leg}.to is a SIP address, which only the SIP edge can dial, and this deployment has none. Give a number in E.164 form.`,
    });
  });

  it('goes to that address, over UDP, with the codecs that everybody has', async () => {
    expect(await firstLeg({ to: SIP })).toEqual({ ...ALICE, headers: [] });
  });

  it.each([
    ['sip:alice@example.com;transport=tcp', 'tcp'],
    ['sip:alice@example.com;transport=tls', 'tls'],
    ['sips:alice@example.com', 'tls'],
  ])('goes by the transport that it names: %s', async (address, transport) => {
    expect(await firstLeg({ to: address })).toMatchObject({ transport });
  });

  it('has the headers and the UPDATEs that it asks for', async () => {
    const leg = {
      to: SIP,
      'osip_P-Asserted-Identity': 'tel:+3312345678',
      osip_Privacy: 'Id',
      sip_update: 900,
    };

    expect(await firstLeg(leg)).toEqual({
      ...ALICE,
      headers: [
        ['P-Asserted-Identity', 'tel:+3312345678'],
        ['Privacy', 'Id'],
      ],
      updateSeconds: 900,
    });
  });

  it('has the headers that its address asks for, and of two of one name its attribute', async () => {
    const leg = { to: `${SIP}?X-Case=42&Privacy=none`, osip_privacy: 'id' };

    expect(await firstLeg(leg)).toEqual({
      ...ALICE,
      headers: [
        ['X-Case', '42'],
        ['privacy', 'id'],
      ],
    });
    expect(await refusal({ leg_A: { to: `${SIP}?Via=x` } }, WITH_EDGE)).toMatchObject({
      kind: 'unroutable',
      field: 'leg_A.to',
      message: expect.stringContaining('asks for a header that names a header that the platform itself sets'),
    });
  });

  it.each(['Company', '1000125', '+12025550199', 'a-b_c.d'])('may show %s', async from => {
    const legs = { leg_A: { to: SIP, from }, leg_B: { to: SIP } };

    expect((await routed(decode(body(legs)), WITH_EDGE)).sip).toEqual({ ...ALICE, headers: [] });
    expect(await verbsOf({ leg_B: { to: SIP, from } })).toMatchObject([{ verb: 'DialEdge', callerId: from }]);
  });

  it.each(['', 'two words', 'a@b', 'é', '"x"', 'x\r\nVia: y', 'x'.repeat(65)])(
    'cannot show %j',
    async from => {
      expect(await refusal({ leg_B: { to: SIP, from } }, WITH_EDGE)).toMatchObject({
        kind: 'invalid-parameter',
        field: 'leg_B.from',
        message: `leg_B.from is "${from}": a SIP address is shown a number or a name of up to 64 letters, digits and +-_.`,
      });
    },
  );
});

describe('A leg over a trunk', () => {
  it('takes the trunk’s address, transport, codecs and credentials: 1000123 from 1000125', async () => {
    const { sip } = await routed(PBX_CALL, WITH_PBX);

    expect(sip).toEqual({
      kind: 'sip',
      uri: 'sip:1000123@pbx.example.com:5070',
      calledAs: '1000123',
      transport: 'tls',
      codecs: ['G722', 'PCMA'],
      credentials: { username: 'us', password: { ciphertext: 'c2VhbGVk' } },
      headers: [],
    });
  });

  it('is refused where there is no SIP edge', async () => {
    expect(await refused(PBX_CALL, { ...WITH_PBX, edge: false })).toMatchObject({
      kind: 'unroutable',
      field: 'leg_A.to',
    });
  });

  it('has the headers that it asks for, then those of the trunk, each name once', async () => {
    const deployment = over({
      callerIds: ['1000XXX'],
      headers: [
        ['X-Tenant', 'trunk'],
        ['X-Site', 'north'],
      ],
    });
    const leg = {
      to: '1000123',
      from: '1000125',
      'osip_x-tenant': 'mine',
      'osip_P-Asserted-Identity': 'tel:+33',
    };

    expect(await firstLeg(leg, deployment)).toMatchObject({
      headers: [
        ['x-tenant', 'mine'],
        ['P-Asserted-Identity', 'tel:+33'],
        ['X-Site', 'north'],
      ],
    });
  });

  it('cannot have identity headers that the trunk lets nobody ask for, and the refusal names them', async () => {
    const leg = { 'osip_P-Asserted-Identity': 'tel:+33', 'osip_X-A': 'x', osip_Privacy: 'id' };

    for (const name of ['leg_A', 'leg_B']) {
      const legs = { [name]: { to: '1000123', ...leg } };
      expect(await refusal(legs, over({ passIdentity: false }))).toMatchObject({
        kind: 'unroutable',
        field: `${name}.to`,
        message: `${name}.to: P-Asserted-Identity, Privacy cannot be sent, as the trunk pbx does not let it pass. Allow identity headers for it, or leave it out.`,
      });
    }
  });

  it('may ask for any other header there', async () => {
    const leg = { to: '1000123', 'osip_X-A': 'x' };

    expect(await firstLeg(leg, over({ passIdentity: false }))).toMatchObject({ headers: [['X-A', 'x']] });
  });

  it('shows what the trunk lets be shown, and else only numbers of the account', async () => {
    const shows = (settings: Partial<Trunk>, from: string) =>
      firstLeg({ to: '1000123', from }, { ...over(settings), numbers: [OWN] }).then(
        () => 'shown',
        ({ kind, message }) => `${kind}: ${message}`,
      );

    expect([
      await shows({ callerIds: ['1000XXX'] }, '1000125'),
      await shows({ callerIds: [] }, OWN),
      await shows({ callerIds: ['2000XXX'] }, '1000125'),
      await shows({ callerIds: [] }, TO_B),
    ]).toEqual([
      'shown',
      'shown',
      "caller-id-not-owned: leg_A.from is 1000125, which is none of this account's numbers.",
      `caller-id-not-owned: leg_A.from is ${TO_B}, which is none of this account's numbers.`,
    ]);
  });
});

describe('Two legs', () => {
  const toldLegB = { status_callback: HOOK.url, status_callback_event: 'completed' };
  const settings = {
    timeoutSeconds: 20,
    timeLimitSeconds: 600,
    hangupOnStar: false,
    answer: 'document',
    afterwards: 'hangup',
  };
  const limits = { timeout: 20, time_limit: 600 };

  it('lead A to the telephone network and B to a SIP address, whose dial tells B’s own URL', async () => {
    const call = decode(body({ ...limits, leg_B: { to: SIP, sip_update: 90, ...toldLegB } }));

    expect(await routed(call, WITH_EDGE)).toEqual({
      to: TO_A,
      entry: {
        verbs: [
          {
            verb: 'DialEdge',
            targets: [{ ...ALICE, headers: [], updateSeconds: 90, callback: HOOK }],
            ...settings,
          },
        ],
      },
    });
  });

  it('lead A to a SIP address and B to the telephone network', async () => {
    const call = decode(body({ ...limits, leg_A: { to: SIP, osip_Privacy: 'id' }, leg_B: legB(toldLegB) }));

    expect(await routed(call, WITH_EDGE)).toEqual({
      to: SIP,
      sip: { ...ALICE, headers: [['Privacy', 'id']] },
      entry: {
        verbs: [
          { verb: 'DialNumber', targets: [{ kind: 'number', number: TO_B, callback: HOOK }], ...settings },
        ],
      },
    });
  });

  it('have each its own headers, also under the same name', async () => {
    const call = decode(
      body({
        leg_A: { to: SIP, osip_Privacy: 'id' },
        leg_B: { to: 'sip:bob@example.com', osip_Privacy: 'none' },
      }),
    );

    expect(await routed(call, WITH_EDGE)).toMatchObject({
      sip: { headers: [['Privacy', 'id']] },
      entry: { verbs: [{ targets: [{ uri: 'sip:bob@example.com', headers: [['Privacy', 'none']] }] }] },
    });
  });

  it('show B what A sees, if B’s way may show it', async () => {
    const fromStranger = { to: SIP, from: '+12025550199' };
    const fromCompany = { to: SIP, from: 'Company' };
    const message = (from: string) => `leg_A.from is ${from}, which is none of this account's numbers.`;

    expect([
      await refusal({ leg_A: fromStranger }, WITH_EDGE),
      await refusal({ leg_A: fromCompany, leg_B: { to: '1000123' } }, over({ callerIds: ['1000XXX'] })),
    ]).toMatchObject([
      { kind: 'caller-id-not-owned', field: 'leg_A.from', message: message('+12025550199') },
      { kind: 'caller-id-not-owned', field: 'leg_A.from', message: message('Company') },
    ]);
  });

  it('leave it to the engine which number B sees where A sees a name', async () => {
    const [dial] = (await verbsOf({ leg_A: { to: SIP, from: 'Company' } })) as object[];

    expect(dial).toMatchObject({ verb: 'DialNumber' });
    expect(dial).not.toHaveProperty('callerId');
  });

  it('are looked up together, in the directory of the account that asks', async () => {
    const asked: unknown[] = [];

    await routed(decode(body()), {}, (...question) => asked.push(question));

    expect(asked).toEqual([[ACCOUNT_SID, [TO_A, TO_B]]]);
  });
});

describe('A call that asks for nothing of SIP and joins nobody', () => {
  const calling = (to: string, more: Partial<PlaceCall> = {}): PlaceCall => ({
    to,
    fields: { to: 'To', from: 'From' },
    entry: { target: { url: 'https://example.com/voice', method: 'POST' } },
    ...more,
  });

  it('begins as it was asked to', async () => {
    const call = calling(TO_A);

    expect(await routed(call, {})).toEqual({ entry: call.entry, to: TO_A });
  });

  it('follows the account’s routes all the same', async () => {
    expect(await routed(calling('1000123'), WITH_PBX)).toMatchObject({
      to: '1000123',
      sip: { uri: 'sip:1000123@pbx.example.com:5070', calledAs: '1000123' },
    });
  });

  it('can be to a client of the account', async () => {
    const directory = { clients: new Set(['bob']) };

    expect((await routed(calling('client:bob'), { edge: true, directory })).sip).toEqual({
      kind: 'sip',
      uri: `sip:bob@${ACCOUNT_SID}`,
      client: 'bob',
      calledAs: 'client:bob',
      transport: 'udp',
      codecs: ['PCMU', 'PCMA'],
      headers: [],
    });
  });

  it('can be to an address, with all that is asked for of SIP', async () => {
    const sipSettings = {
      leg: '',
      attributes: [],
      headers: [['X-B', '3']] as [string, string][],
      transport: 'tls',
      codecs: ['OPUS'],
      credentials: { username: 'us', password: { clear: 's3cret' } },
      identifiedBy: { callSid: 'X-Call', accountSid: 'X-Account' },
      sessionTimeoutSeconds: 90,
      srtp: true,
    } satisfies PlaceCall['sipSettings'];

    const { sip } = await routed(calling('sip:bob@example.com?X-A=1&X-B=2', { sipSettings }), WITH_EDGE);

    expect(sip).toEqual({
      kind: 'sip',
      uri: 'sip:bob@example.com',
      transport: 'tls',
      codecs: ['OPUS'],
      headers: [
        ['X-A', '1'],
        ['X-B', '3'],
      ],
      credentials: { username: 'us', password: { clear: 's3cret' } },
      identifiedBy: { callSid: 'X-Call', accountSid: 'X-Account' },
      sessionTimeoutSeconds: 90,
      srtp: true,
    });
  });
});
