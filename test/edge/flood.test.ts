import { describe, expect, it } from 'vitest';
import type { EdgeOptions } from '../../edge/edge.ts';
import { createRequest } from '../../sip/message/create.ts';
import { SipRequest, type SipResponse } from '../../sip/message/message.ts';
import { serialise } from '../../sip/message/serialise.ts';
import type { ScriptedPeer } from '../sip/support/virtual-network.ts';
import {
  answeringPhone,
  CONNECTOR,
  CONNECTOR_SDP,
  EdgeStage,
  INSIDE,
  OUTSIDE,
  phoneAddress,
} from './support/edge-stage.ts';
import { killable } from './support/killable.ts';
import { MemoryDirectory } from './support/memory-directory.ts';

const STRANGER = '10.3.0.7';
const LIMITS = { burst: 5, requestsPerSecond: 0.01, refusals: 3, silenceMs: 60_000 };
const NOTHING = 'nothing';
const UNKNOWN_CALL = { to: `<sip:${OUTSIDE}>;tag=zz` };

interface Asked {
  readonly method?: string;
  readonly uri?: string;
  readonly to?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Somebody who sends what a test says, and each time another request. */
class Source {
  readonly #stage: EdgeStage;
  readonly #peer: ScriptedPeer;
  readonly #address: string;
  #count = 0;

  private constructor(stage: EdgeStage, peer: ScriptedPeer, address: string) {
    this.#stage = stage;
    this.#peer = peer;
    this.#address = address;
  }

  static async at(stage: EdgeStage, address = STRANGER): Promise<Source> {
    return new Source(stage, await stage.peer(address), address);
  }

  request({ method = 'OPTIONS', uri = `sip:${OUTSIDE}`, to = `<sip:${OUTSIDE}>`, ...more }: Asked = {}) {
    const n = ++this.#count;
    const { headers = {}, body } = more;
    const request = createRequest({
      method,
      uri,
      via: `SIP/2.0/UDP ${this.#address};branch=z9hG4bK${n}`,
      from: `<sip:a@${this.#address}>;tag=${n}`,
      to,
      callId: `call-${n}`,
      cseq: 1,
      contact: `<sip:a@${this.#address}>`,
      ...(body !== undefined && { body, contentType: 'application/sdp' }),
    });
    for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
    return request;
  }

  /** What it is answered at once: responses. */
  async hear(message: SipRequest | Buffer, to = OUTSIDE): Promise<SipResponse[]> {
    const before = this.#peer.received.length;
    await this.#peer.send(message, to);
    await this.#stage.clock.advance(1);
    const heard = this.#peer.received.slice(before);
    return heard.filter((each): each is SipResponse => !(each instanceof SipRequest));
  }

  async send(message: SipRequest | Buffer, to = OUTSIDE): Promise<number | typeof NOTHING> {
    return (await this.hear(message, to))[0]?.status ?? NOTHING;
  }

  ask(asked: Asked = {}, to = OUTSIDE) {
    return this.send(this.request(asked), to);
  }

  /** Asks until it is not answered any more. */
  async becomeSilent(): Promise<void> {
    while ((await this.ask()) !== NOTHING);
  }
}

/** A phone that talks. `flood` asks from its address until that is not heard any more. */
async function talking(options: Partial<EdgeOptions> = { limits: LIMITS }) {
  const stage = await EdgeStage.open();
  await stage.edge.stop();
  const kill = await killable(stage, options);
  const phone = answeringPhone(stage, 1);
  const agent = await stage.phone(1, phone);
  await stage.plan([{}]);
  const call = stage.call();
  await stage.clock.advance(2_000);
  const flood = async () => {
    for (let count = 0; count < 10; count++)
      agent.request({ method: 'OPTIONS', uri: `sip:${OUTSIDE}` }).catch(() => {});
    await stage.clock.advance(10);
    const answers = stage.network.passages.filter(({ to }) => to.address === phoneAddress(1));
    expect(answers.at(-1)?.message).toMatchObject({ status: 503 });
  };
  const [session] = phone.sessions;
  if (session === undefined || call.session === undefined) throw new Error('not bridged');
  return { stage, kill, call, session, flood };
}

const openTransactions = (stage: EdgeStage) => stage.edge.outside.transactions.size.servers;

const bent = (from: string | RegExp, to: string) => (request: SipRequest) =>
  Buffer.from(serialise(request).toString('latin1').replace(from, to), 'latin1');

describe('a source of what belongs to no call', () => {
  it.each<[string, number, Asked, ((request: SipRequest) => Buffer)?]>([
    ['requests', 200, {}],
    ['requests in calls that are not there', 481, UNKNOWN_CALL],
    ['hang-ups of calls that are not there', 481, { ...UNKNOWN_CALL, method: 'BYE' }],
    ['INVITEs into calls that are not there', 481, { ...UNKNOWN_CALL, method: 'INVITE' }],
    ['CANCELs of nothing', 481, { method: 'CANCEL' }],
    ['extensions that nobody knows', 420, { headers: { Require: 'foo' } }],
    ['URIs that are none of SIP', 416, { uri: 'http://example.com' }],
    ['INVITEs', 403, { method: 'INVITE', body: CONNECTOR_SDP }],
    ['bodies that nobody reads', 415, { method: 'INVITE', headers: { 'Content-Type': 'text/x' }, body: 'x' }],
    [
      'sessions too short',
      422,
      { method: 'INVITE', headers: { 'Session-Expires': '1', Supported: 'timer' } },
    ],
    [
      'calls to replace that are not there',
      481,
      { method: 'INVITE', headers: { Replaces: 'x;to-tag=a;from-tag=b' } },
    ],
    ['headers that cannot be read', 400, { headers: { 'Max-Forwards': 'many' } }],
    ['headers that cannot be read in calls', 400, { ...UNKNOWN_CALL, headers: { 'Max-Forwards': 'many' } }],
    ['headers that contradict each other', 400, { headers: { CSeq: '1 INFO' } }],
    ['lines that are no headers', 400, {}, bent('Contact:', 'Contact')],
    ['another version of SIP', 505, {}, bent('SIP/2.0\r\n', 'SIP/3.0\r\n')],
  ])('%s: gets %i, then 503 with Retry-After, then nothing', async (_what, status, asked, bend) => {
    const stage = await EdgeStage.open({ limits: LIMITS });
    const source = await Source.at(stage);
    const answers: (number | string)[] = [];
    const retries: (string | undefined)[] = [];
    for (let count = 0; count < 11; count++) {
      const request = source.request(asked);
      const [answer] = await source.hear(bend?.(request) ?? request);
      answers.push(answer?.status ?? NOTHING);
      retries.push(answer?.headers.get('Retry-After'));
    }
    expect(answers).toEqual([...Array(5).fill(status), 503, 503, 503, NOTHING, NOTHING, NOTHING]);
    expect(retries.slice(5, 8)).toEqual(['500', '500', '500']);
    expect(openTransactions(stage)).toBeLessThanOrEqual(5);
  });

  it('is heard again after a while', async () => {
    const stage = await EdgeStage.open({ limits: { ...LIMITS, requestsPerSecond: 1 } });
    const source = await Source.at(stage);
    await source.becomeSilent();
    await stage.clock.advance(LIMITS.silenceMs - 10);
    expect(await source.ask(UNKNOWN_CALL)).toBe(NOTHING);
    await stage.clock.advance(10);
    expect(await source.ask(UNKNOWN_CALL)).toBe(481);
  });

  it('is not counted where it is the voice service', async () => {
    const stage = await EdgeStage.open({ limits: LIMITS });
    const source = await Source.at(stage, '10.0.0.7');
    for (const address of [INSIDE, OUTSIDE])
      for (let count = 0; count < 20; count++) {
        expect(await source.ask(UNKNOWN_CALL, address)).toBe(481);
        expect(await source.ask({ headers: { 'Max-Forwards': 'many' } }, address)).toBe(400);
      }
  });

  it('leaves room for calls and for the voice service, however many there are of it', async () => {
    const transactions = { stranger: 10, peer: 12, trusted: 14 };
    const { stage, session } = await talking({ outside: undefined, limits: { transactions } });
    const voiceService = await Source.at(stage, '10.0.0.7');
    for (let n = 1; n <= 20; n++) await (await Source.at(stage, `10.3.0.${n}`)).ask({}, INSIDE);
    expect(openTransactions(stage)).toBe(10);
    const inCall: number[] = [];
    for (let count = 0; count < 3; count++) {
      void session.request('OPTIONS').then(({ status }) => inCall.push(status));
      await stage.clock.advance(10);
    }
    expect(inCall).toEqual([200, 200, 503]);
    expect(await voiceService.ask({ method: 'INVITE' }, INSIDE)).toBe(404);
  });
});

describe('an address that is not answered any more', () => {
  it('is answered in the calls that it has, as often as it asks', async () => {
    const { stage, session, flood } = await talking();
    await flood();
    const statuses: number[] = [];
    for (let count = 0; count < 20; count++) {
      void session.request('OPTIONS').then(({ status }) => statuses.push(status));
      await stage.clock.advance(10);
    }
    expect(statuses).toEqual(Array(20).fill(200));
  });

  it('ends the calls that it has', async () => {
    const { stage, call, session, flood } = await talking();
    await flood();
    session.bye();
    await stage.clock.advance(1_000);
    expect(call.session?.end?.by).toBe('remote');
  });

  it('ends the calls that an earlier process of the edge has left', async () => {
    const { stage, kill, call, session, flood } = await talking();
    await kill();
    stage.edge = await stage.startEdge({ limits: LIMITS });
    await flood();
    session.bye();
    await stage.clock.advance(1_000);
    expect(call.session?.end?.by).toBe('remote');
  });

  it('is answered again when it repeats what was heard before', async () => {
    const stage = await EdgeStage.open({ limits: LIMITS });
    const source = await Source.at(stage);
    const heard = [source.request(), source.request({ ...UNKNOWN_CALL, method: 'BYE' })];
    const answers = [];
    for (const request of heard) answers.push(await source.send(request));
    await source.becomeSilent();
    for (const request of heard) answers.push(await source.send(request));
    expect(answers).toEqual([200, 481, 200, 481]);
  });

  it('repeats its hang-up, and is answered again, after the call has ended', async () => {
    const { stage, session, flood } = await talking();
    session.bye();
    await stage.clock.advance(500);
    const bye = stage.network.passages.find(
      ({ from, message }) =>
        from.address === phoneAddress(1) && message instanceof SipRequest && message.method === 'BYE',
    );
    await flood();
    const before = stage.network.passages.length;
    stage.network.carry('UDP', serialise(bye?.message as SipRequest), bye?.from as never, bye?.to as never);
    await stage.clock.advance(10);
    expect(stage.network.passages[before + 1]?.message).toMatchObject({ status: 200 });
  });

  it('takes a call back that nobody has decided on yet', async () => {
    const inbound = new MemoryDirectory();
    inbound.trunks = () => new Promise(() => {});
    const voiceConnector = { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' };
    const stage = await EdgeStage.open({ limits: LIMITS, inbound, voiceConnector });
    const source = await Source.at(stage);
    const invite = source.request({ method: 'INVITE', body: CONNECTOR_SDP });
    await source.send(invite);
    await source.becomeSilent();
    const answers = await source.hear(sameCall(invite, 'CANCEL'));
    expect(answers.map(({ status }) => status)).toEqual([200, 487]);
    await source.hear(sameCall(invite, 'ACK'));
    const before = stage.network.passages.length;
    await stage.clock.advance(10_000);
    expect(stage.network.passages.slice(before)).toEqual([]);
  });
});

/** The request by another method that goes with an INVITE (RFC 3261 §9.1, §17.1.1.3). */
function sameCall({ uri, headers }: SipRequest, method: 'CANCEL' | 'ACK'): SipRequest {
  return new SipRequest(method, uri, headers.clone().set('CSeq', `1 ${method}`));
}
