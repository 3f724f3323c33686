import { describe, expect, it } from 'vitest';
import type { PhoneNumber } from '../../core/operation.ts';
import type { EdgeOptions } from '../../edge/edge.ts';
import { RINGS_FOR_MS } from '../../edge/inbound/incoming-call.ts';
import { directMedia, type MediaPlane, MediaUnavailable } from '../../edge/media-plane.ts';
import type { SipResponse } from '../../sip/message/message.ts';
import { parseUri } from '../../sip/uri/uri.ts';
import type { IncomingInvitation, InviteOptions, Session, UserAgent } from '../../sip/user-agent.ts';
import { PSTN, route, trunk } from '../core/directory.ts';
import { ACCOUNT, ClientStage, PASSWORD } from './support/client-stage.ts';
import { answerAt, CONNECTOR, CONNECTOR_SDP, OUTSIDE } from './support/edge-stage.ts';
import { MemoryDirectory } from './support/memory-directory.ts';

const NUMBER = '+12025550110';
const TRUNK = '10.3.0.7';
const STRANGER = '10.9.0.9';
const number = (more: Partial<PhoneNumber> = {}): PhoneNumber => ({
  sid: `PN${'0'.repeat(32)}`,
  number: NUMBER,
  accountSid: ACCOUNT,
  dialect: 'restcomm',
  friendlyName: NUMBER,
  createdAtMs: 0,
  updatedAtMs: 0,
  ...more,
});

interface Caller {
  session?: Session;
  failed?: number;
  refusal?: SipResponse | undefined;
  readonly progress: SipResponse[];
  readonly outgoing: ReturnType<UserAgent['invite']>;
}

/** An edge that lets calls in, the voice service that they go on to, and who calls. */
async function staged(options: Partial<EdgeOptions> = {}) {
  const directory = new MemoryDirectory();
  directory.numbers.push(number());
  directory.inbound = [trunk('carrier', { inboundNetworks: ['10.3.0.0/24'] })];
  const clientStage = await ClientStage.open({
    inbound: directory,
    voiceConnector: { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' },
    ...options,
  });
  const { stage } = clientStage;
  const entered: IncomingInvitation[] = [];
  stage.connector.onInvite = invitation => {
    entered.push(invitation);
  };
  const agents = new Map<string, UserAgent>();
  async function at(address: string) {
    const known = agents.get(address) ?? (await stage.agent(address));
    agents.set(address, known);
    return known;
  }
  async function call(address: string, uri: string, more: InviteOptions = {}): Promise<Caller> {
    const agent = await at(address);
    const outgoing = agent.invite(uri, {
      sdp: answerAt(address, '0 8 101'),
      nextHop: parseUri(`sip:${OUTSIDE}`),
      ...more,
    });
    const caller: Caller = { outgoing, progress: [] };
    outgoing.on('accepted', session => {
      caller.session = session;
    });
    outgoing.on('failed', error => {
      caller.failed = error.status;
      caller.refusal = error.response;
    });
    outgoing.on('progress', response => caller.progress.push(response));
    await stage.clock.advance(100);
    return caller;
  }
  const overTrunk = (dialled = NUMBER, more: InviteOptions = {}) =>
    call(TRUNK, `sip:${dialled}@${OUTSIDE}`, { from: `sip:+49301234@${TRUNK}`, ...more });
  const fromClient = (
    dialled: string,
    {
      name = 'alice',
      password = PASSWORD,
      ...more
    }: InviteOptions & { name?: string; password?: string } = {},
  ) =>
    call('10.2.0.1', `sip:${dialled}@${ACCOUNT}`, {
      from: `sip:alice@${ACCOUNT}`,
      credentials: () => ({ username: name, password }),
      ...more,
    });
  const plan = () => [...stage.plans.items.values()].at(-1);
  return {
    ...clientStage,
    stage,
    clients: clientStage.clients,
    directory,
    entered,
    call,
    overTrunk,
    fromClient,
    plan,
  };
}

describe('a call over a trunk', () => {
  it('enters the voice service with a token, behind which lies whose it is', async () => {
    const { stage, entered, overTrunk, plan } = await staged();
    const caller = await overTrunk();
    const [invitation] = entered;
    const stored = plan();
    expect(invitation?.request.uri).toBe(`sip:+17035550122@${CONNECTOR}`);
    expect(invitation?.request.headers.get('X-Dialplane-Token')).toBe(stored?.plan.token);
    expect(stored).toMatchObject({
      claimedBy: 'edge-1',
      plan: {
        kind: 'inbound',
        accountSid: ACCOUNT,
        dialect: 'restcomm',
        inbound: {
          to: NUMBER,
          from: '+49301234',
          receiver: { kind: 'number', number: NUMBER },
          origin: { callId: caller.outgoing.request.callId, to: `<sip:${NUMBER}@${OUTSIDE}>` },
        },
      },
    });
    expect(caller.session).toBeUndefined();
    const inside = invitation?.accept({ sdp: CONNECTOR_SDP });
    await stage.clock.advance(100);
    expect(caller.session?.remoteSdp).toContain('10.0.0.9');
    expect(invitation?.sdp).toContain(TRUNK);
    caller.session?.bye();
    await stage.clock.advance(1_500);
    expect(inside?.end).toBeDefined();
    expect(stage.edge.calls).toBe(0);
  });

  it('is hung up when the voice service hangs up', async () => {
    const { stage, entered, overTrunk } = await staged();
    const caller = await overTrunk();
    const inside = entered[0]?.accept({ sdp: CONNECTOR_SDP });
    await stage.clock.advance(100);
    inside?.bye();
    await stage.clock.advance(1_500);
    expect(caller.session?.end).toBeDefined();
  });

  it('is turned away when media cannot be joined, and the voice service, which has answered, is hung up', async () => {
    const media: MediaPlane = {
      ...directMedia,
      async receive(reception) {
        const path = await directMedia.receive(reception);
        const pass = path.pass.bind(path);
        path.pass = async (from, kind, sdp) => {
          if (from === 'inside') throw new MediaUnavailable('The relay has gone.');
          return pass(from, kind, sdp);
        };
        return path;
      },
    };
    const { stage, entered, overTrunk } = await staged({ media });
    const caller = await overTrunk();
    const inside = entered[0]?.accept({ sdp: CONNECTOR_SDP });
    await stage.clock.advance(100);
    expect(caller.failed).toBe(503);
    expect(inside?.end?.by).toBe('remote');
    expect(stage.edge.calls).toBe(0);
  });

  it.each([
    ['its application’s own, where that has one', 480, { sipCode: 500, reason: 'document-invalid' }, 500],
    ['the voice service’s, where it has none', 480, undefined, 480],
    ['the voice service’s, where that has a reason of its own', 404, { sipCode: 500 }, 404],
  ] as const)('is turned away with %s', async (_, said, refusal, status) => {
    const { stage, entered, overTrunk, plan } = await staged();
    const caller = await overTrunk();
    if (refusal) await stage.plans.refuse(plan()?.plan.token ?? '', refusal);
    entered[0]?.reject(said);
    await stage.clock.advance(100);
    expect(caller.failed).toBe(status);
    expect(caller.refusal?.headers.get('Reason')).toBe(
      status === 500 ? 'SIP;cause=500;text="Its document could not be carried out."' : undefined,
    );
  });

  it('hears ringing as soon as it is let in, once, and early media before anybody answers', async () => {
    const { stage, entered, overTrunk } = await staged();
    const caller = await overTrunk();
    expect(caller.progress.map(({ status }) => status)).toEqual([180]);
    entered[0]?.progress(180);
    entered[0]?.progress(183, { sdp: CONNECTOR_SDP });
    await stage.clock.advance(100);
    const [ringing, early] = caller.progress;
    expect([ringing?.status, early?.status]).toEqual([180, 183]);
    expect(Buffer.from(early?.body ?? []).toString()).toContain('10.0.0.9');
  });

  it.each([
    ['"Ann Lee" <sip:+4915112345678@example.com>', 'Ann Lee'],
    ['<sip:+4915112345678@example.com>', undefined],
    [`"${'a'.repeat(120)}" <sip:+4915112345678@example.com>`, 'a'.repeat(100)],
  ])('tells the name that %s shows', async (From, callerName) => {
    const { overTrunk, plan } = await staged();
    await overTrunk(NUMBER, { from: From });
    expect(plan()?.plan.inbound?.origin.callerName).toBe(callerName);
  });

  it('tells X- headers, Diversion and User-to-User, and nothing that could be a token of ours', async () => {
    const { overTrunk, plan } = await staged();
    await overTrunk(NUMBER, {
      headers: [
        ['X-Case', '42'],
        ['X-Dialplane-Token', 'forged'],
        ['Diversion', '<sip:+4930999@example.com>'],
        ['User-to-User', '56a3;encoding=hex'],
        ['Subject', 'none of it'],
      ],
    });
    expect(plan()?.plan.inbound?.origin.headers).toEqual([
      ['X-Case', '42'],
      ['Diversion', '<sip:+4930999@example.com>'],
      ['User-to-User', '56a3;encoding=hex'],
    ]);
  });

  it.each(['12025550110', '+1-202-555-0110', '+12025550110;npdi'])(
    'finds its number by %s',
    async dialled => {
      const { overTrunk, plan } = await staged();
      await overTrunk(dialled);
      expect(plan()?.plan.inbound?.to).toBe(NUMBER);
    },
  );

  it.each([
    [`sip:+49301234@${TRUNK}`, '+49301234', '+49301234'],
    [`sip:030123@${TRUNK}`, '030123', '+15550199'],
    ['sip:carol@example.com:5070', 'sip:carol@example.com', '+15550199'],
    ['sip:example.com', 'sip:example.com', '+15550199'],
  ])('from %s is from %s, and for the voice service from %s', async (from, told, shown) => {
    const { entered, overTrunk, plan } = await staged();
    await overTrunk(NUMBER, { from });
    expect(plan()?.plan.inbound?.from).toBe(told);
    expect(`${entered[0]?.request.from?.uri}`).toContain(`sip:${shown}@`);
  });

  it('from an address that no trunk has: 403, and nothing is read of any number', async () => {
    const { call, entered } = await staged();
    const caller = await call(STRANGER, `sip:${NUMBER}@${OUTSIDE}`, { from: `sip:x@${STRANGER}` });
    expect([caller.failed, entered]).toEqual([403, []]);
  });

  it.each([
    ['that nobody has', '+12025550199'],
    ['of another account', '+12025550111'],
    ['that is no number', 'alice'],
  ])('to a number %s: 404', async (_, dialled) => {
    const { directory, overTrunk, entered } = await staged();
    directory.numbers.push(number({ number: '+12025550111', accountSid: 'AC2' }));
    const caller = await overTrunk(dialled);
    expect([caller.failed, entered]).toEqual([404, []]);
  });

  it('over a carrier that two accounts share is the called number’s account’s', async () => {
    const { directory, overTrunk, plan } = await staged();
    directory.inbound.push(trunk('same', { accountSid: 'AC2', inboundNetworks: ['10.3.0.7/32'] }));
    directory.numbers.push(number({ number: '+12025550111', accountSid: 'AC2' }));
    await overTrunk('+12025550111');
    expect(plan()?.plan.accountSid).toBe('AC2');
  });

  it('lets a new trunk in within a second, and one that is gone no more after ten', async () => {
    const { stage, directory, overTrunk } = await staged();
    const carrier = directory.inbound;
    directory.inbound = [];
    expect((await overTrunk()).failed).toBe(403);
    directory.inbound = carrier;
    await stage.clock.advance(1_000);
    expect((await overTrunk()).failed).toBeUndefined();
    directory.inbound = [];
    await stage.clock.advance(10_000);
    expect((await overTrunk()).failed).toBe(403);
  });

  it('asks for the trunks no more than once a second, whoever calls', async () => {
    const { directory, call } = await staged();
    for (let n = 0; n < 5; n++) await call(STRANGER, `sip:${NUMBER}@${OUTSIDE}`);
    expect(directory.reads).toBe(1);
  });

  it('cannot be looked up: 503 with Retry-After', async () => {
    const { directory, overTrunk } = await staged();
    directory.broken = true;
    const { failed, refusal } = await overTrunk();
    expect([failed, refusal?.headers.get('Retry-After')]).toEqual([503, '5']);
  });

  it('brings no offer: 488, and a Warning that says so', async () => {
    const { overTrunk } = await staged();
    const { failed, refusal } = await overTrunk(NUMBER, { sdp: undefined });
    expect([failed, refusal?.headers.get('Warning')]).toEqual([
      488,
      '399 dialplane "An INVITE has to bring an offer"',
    ]);
  });

  it('offers nothing that the voice service speaks: 488', async () => {
    const { overTrunk, entered } = await staged();
    const { failed } = await overTrunk(NUMBER, { sdp: answerAt(TRUNK, '9') });
    expect([failed, entered]).toEqual([488, []]);
  });

  it('has gone round too often: 483', async () => {
    const { overTrunk } = await staged();
    expect((await overTrunk(NUMBER, { maxForwards: 0 })).failed).toBe(483);
  });

  it('that is given up is cancelled in the voice service', async () => {
    const { stage, entered, overTrunk } = await staged();
    const caller = await overTrunk();
    entered[0]?.progress(180);
    await stage.clock.advance(100);
    caller.outgoing.cancel();
    await stage.clock.advance(100);
    expect([caller.failed, entered[0]?.state]).toEqual([487, 'cancelled']);
    await stage.clock.advance(1_000);
    expect(stage.edge.calls).toBe(0);
  });

  it.each([
    [480, 480],
    [486, 486],
    [603, 603],
    [404, 404],
    [503, 503],
    [401, 500],
    [302, 500],
  ])('that the voice service refuses with %i gets %i', async (inside, outside) => {
    const { stage, entered, overTrunk } = await staged();
    const caller = await overTrunk();
    entered[0]?.reject(inside);
    await stage.clock.advance(100);
    expect(caller.failed).toBe(outside);
    if (outside === 503) expect(caller.refusal?.headers.get('Retry-After')).toBe('5');
  });

  it('rings for three minutes at most', async () => {
    const { stage, entered, overTrunk } = await staged();
    const caller = await overTrunk();
    entered[0]?.progress(180);
    await stage.clock.advance(RINGS_FOR_MS - 1_000);
    expect(caller.failed).toBeUndefined();
    await stage.clock.advance(1_500);
    expect(caller.failed).toBe(480);
  });

  it('is refused with 503 while the edge drains, and with 403 on an edge without a Voice Connector', async () => {
    const { stage, overTrunk } = await staged();
    await overTrunk();
    const stopped = stage.edge.stop({ drainMs: 5_000 });
    const { failed, refusal } = await overTrunk();
    expect([failed, refusal?.headers.get('Retry-After')]).toEqual([503, '30']);
    await stage.clock.advance(10_000);
    await stopped;
    const without = await staged({ voiceConnector: undefined });
    expect((await without.overTrunk()).failed).toBe(403);
  });

  it('goes on after the edge was killed: BYE ends both legs', async () => {
    const { stage, entered, overTrunk, clients, directory } = await staged();
    const caller = await overTrunk();
    const inside = entered[0]?.accept({ sdp: CONNECTOR_SDP });
    await stage.clock.advance(100);
    const stopping = stage.edge.stop({ afterwards: 'hand-over' });
    await stage.clock.advance(5_000);
    await stopping;
    stage.edge = await stage.startEdge({ clients, inbound: directory });
    caller.session?.bye();
    await stage.clock.advance(3_000);
    expect(inside?.end).toBeDefined();
    expect(await stage.journal.all()).toEqual([]);
  });

  it('of a known trunk may be one of many at once; a stranger’s may not', async () => {
    const limits = { requestsPerSecond: 1, burst: 3 };
    const { overTrunk, call, entered } = await staged({ limits });
    for (let n = 0; n < 10; n++) await overTrunk();
    expect(entered).toHaveLength(10);
    const codes: (number | undefined)[] = [];
    for (let n = 0; n < 5; n++) codes.push((await call(STRANGER, `sip:${NUMBER}@${OUTSIDE}`)).failed);
    expect(codes).toEqual([403, 403, 403, 503, 503]);
  });

  it('of a known trunk that calls too much: 503 with Retry-After, then nothing, and after a while it enters again', async () => {
    const limits = { requestsPerSecond: 0.01, burst: 1, refusals: 1, silenceMs: 60_000 };
    const { stage, overTrunk, entered } = await staged({ limits });
    const outcome = async () => {
      const before = entered.length;
      const { failed, refusal } = await overTrunk();
      if (failed !== undefined) return `${failed} ${refusal?.headers.get('Retry-After')}`;
      return entered.length > before ? 'enters' : 'nothing';
    };
    const outcomes: string[] = [];
    for (let n = 0; n < 22; n++) outcomes.push(await outcome());
    expect(outcomes).toEqual([
      ...Array(10).fill('enters'),
      ...Array(10).fill('503 100'),
      ...Array(2).fill('nothing'),
    ]);
    await stage.clock.advance(limits.silenceMs);
    expect(await outcome()).toBe('enters');
  });

  it('is not answered where wrong passwords have come from the trunk’s address', async () => {
    const { call, overTrunk } = await staged({ limits: { wrongPasswords: 1 } });
    await overTrunk();
    const client = {
      from: `sip:alice@${ACCOUNT}`,
      credentials: () => ({ username: 'alice', password: 'wrong' }),
    };
    expect((await call(TRUNK, `sip:bob@${ACCOUNT}`, client)).failed).toBe(401);
    const { failed, progress } = await overTrunk();
    expect([failed, progress]).toEqual([undefined, []]);
  });
});

describe('a call from a client', () => {
  it('is asked for its password, and enters as the client’s', async () => {
    const { fromClient, entered, plan } = await staged();
    await fromClient(NUMBER);
    expect(entered).toHaveLength(1);
    expect(plan()?.plan).toMatchObject({
      accountSid: ACCOUNT,
      dialect: 'restcomm',
      inbound: { to: NUMBER, from: 'client:alice', receiver: { kind: 'number', number: NUMBER } },
    });
  });

  it('with a wrong password: 401, and the address is counted', async () => {
    const { fromClient, entered } = await staged({ limits: { wrongPasswords: 2 } });
    expect((await fromClient(NUMBER, { password: 'wrong' })).failed).toBe(401);
    expect((await fromClient(NUMBER, { password: 'wrong' })).failed).toBe(401);
    expect((await fromClient(NUMBER)).failed).toBeUndefined();
    expect(entered).toEqual([]);
  });

  it('in another’s name: 403', async () => {
    const { fromClient, entered } = await staged();
    expect((await fromClient(NUMBER, { name: 'bob' })).failed).toBe(403);
    expect(entered).toEqual([]);
  });

  it('from a trunk’s address is a client’s all the same: it has to log in', async () => {
    const { call } = await staged();
    const caller = await call(TRUNK, `sip:${NUMBER}@${OUTSIDE}`, { from: `sip:alice@${ACCOUNT}` });
    expect(caller.failed).toBe(401);
  });

  it('with an application of its own runs that, whatever it dials', async () => {
    const { fromClient, clients, plan } = await staged();
    clients.change(ACCOUNT, 'alice', { dialect: 'signalwire', applicationSid: 'AP1' });
    await fromClient('1234');
    expect(plan()?.plan).toMatchObject({
      dialect: 'signalwire',
      inbound: { to: '1234', receiver: { kind: 'client', name: 'alice' } },
    });
  });

  it('hears that another client rings when it does', async () => {
    const { stage, entered, fromClient, directory } = await staged();
    directory.clients.add('bob');
    const caller = await fromClient('bob');
    expect(caller.progress).toEqual([]);
    entered[0]?.progress(180);
    await stage.clock.advance(100);
    expect(caller.progress.map(({ status }) => status)).toEqual([180]);
  });

  it('reaches another client, or a number by the account’s routes', async () => {
    const { fromClient, directory, plan } = await staged();
    directory.clients.add('bob');
    directory.routes.push(route('9.', PSTN, { strip: 1, prepend: '+' }));
    await fromClient('bob');
    expect(plan()?.plan.inbound).toMatchObject({
      to: 'client:bob',
      receiver: { kind: 'verbs', verbs: [{ verb: 'DialEdge', targets: [{ client: 'bob' }] }] },
    });
    await fromClient('912025550100');
    expect(plan()?.plan.inbound?.receiver).toMatchObject({
      verbs: [{ verb: 'DialNumber', targets: [{ number: '+12025550100' }], callerId: NUMBER }],
    });
  });

  it.each(['mallory', '1234', 'sip%3Acarol%40example.com'])('reaches nobody by %s: 404', async dialled => {
    const { fromClient, entered } = await staged();
    expect((await fromClient(dialled)).failed).toBe(404);
    expect(entered).toEqual([]);
  });

  it('to another domain: 404', async () => {
    const { call, entered } = await staged();
    const caller = await call('10.2.0.1', 'sip:bob@example.com', {
      from: `sip:alice@${ACCOUNT}`,
      credentials: () => ({ username: 'alice', password: PASSWORD }),
    });
    expect([caller.failed, entered]).toEqual([404, []]);
  });

  it('behind a NAT gets requests where its own came from', async () => {
    const { stage, fromClient, entered } = await staged();
    const caller = await fromClient(NUMBER, { contact: '<sip:alice@192.168.1.7:5062>' });
    const inside = entered[0]?.accept({ sdp: CONNECTOR_SDP });
    await stage.clock.advance(100);
    inside?.bye();
    await stage.clock.advance(1_500);
    expect(caller.session?.end).toBeDefined();
    expect(stage.requestsTo(1, 'BYE')[0]?.uri).toBe('sip:alice@192.168.1.7:5062');
  });

  it('is not let in where there are no clients', async () => {
    const { call } = await staged({ clients: undefined });
    expect((await call('10.2.0.1', `sip:bob@${ACCOUNT}`, { from: `sip:alice@${ACCOUNT}` })).failed).toBe(403);
  });
});
