import { describe, expect, it } from 'vitest';
import { createAddressGuard } from '../../core/network/address-guard.ts';
import { guardedResolver, TargetRefused } from '../../edge/target-guard.ts';
import { createResolver, type Resolver, type Targets } from '../../sip/resolve/resolver.ts';
import type { Target, Transport } from '../../sip/transport/transport.ts';
import { dnsOf, naptr, srv, type Zone } from '../sip/support/dns.ts';
import { answeringPhone, EdgeStage, OUTSIDE, phoneAddress, refusingPhone } from './support/edge-stage.ts';

const NAME = 'phone.test';
const PRIVATE = '192.168.1.1';
const PUBLIC = phoneAddress(1);
/** What stands for the public Internet here. */
const guard = createAddressGuard(['10.2.0.0/24']);

/** An edge that reads a zone, and the phones of the public Internet. */
async function staged(zone: Zone) {
  const dns = dnsOf(zone);
  const resolver = createResolver({ dns, spoken: ['UDP'] });
  const stage = await EdgeStage.open({ resolver, targets: guard, followRedirects: true });
  const phone = answeringPhone(stage, 1);
  const call = async (uri = `sip:bob@${NAME}`) => {
    await stage.plan([{ uri }]);
    const made = stage.call();
    await stage.clock.advance(3_000);
    return made;
  };
  /** Where the edge has sent anything, but to the Voice Connector. */
  const reached = () =>
    [
      ...new Set(
        stage.network.passages.filter(({ from }) => from.address === OUTSIDE).map(({ to }) => to.address),
      ),
    ].toSorted();
  return { stage, dns, phone, call, reached };
}

describe('a target whose name leads to addresses that are not allowed', () => {
  it.each<[string, Zone]>([
    ['an A record', { a: { [NAME]: [PRIVATE] } }],
    ['an A record of loopback', { a: { [NAME]: ['127.0.0.1'] } }],
    ['an A record of the metadata', { a: { [NAME]: ['169.254.169.254'] } }],
    ['an AAAA record', { aaaa: { [NAME]: ['fd00::1'] } }],
    ['an AAAA record that stands for an IPv4 address', { aaaa: { [NAME]: [`::ffff:${PRIVATE}`] } }],
    ['several records', { a: { [NAME]: [PRIVATE, '10.9.0.1'] }, aaaa: { [NAME]: ['::1'] } }],
    ['an SRV record', { srv: { [`_sip._udp.${NAME}`]: [srv('host.test')] }, a: { 'host.test': [PRIVATE] } }],
    [
      'an SRV record that is an address',
      { srv: { [`_sip._udp.${NAME}`]: [srv(PRIVATE)] }, a: { [PRIVATE]: [PRIVATE] } },
    ],
  ])('by %s: gets no packet, and the branch fails with 403', async (_how, zone) => {
    const { stage, call, reached } = await staged(zone);
    expect((await call()).failed?.status).toBe(403);
    expect(reached()).toEqual([]);
    expect(stage.told.at(-1)).toBe('1 completed failed');
    expect(stage.plans.reports.at(-1)?.branches[0]?.sipCode).toBe(403);
  });

  it('beside one that is: only that is called', async () => {
    const services = {
      [`_sip._udp.${NAME}`]: [srv('one.test', 1), srv('two.test', 2), srv('three.test', 3)],
    };
    const { stage, phone, call, reached } = await staged({
      srv: services,
      a: { 'one.test': [PRIVATE], 'two.test': ['10.9.0.1', PUBLIC], 'three.test': [PRIVATE] },
    });
    await stage.phone(1, phone);
    expect((await call()).session).toBeDefined();
    expect(reached()).toEqual([PUBLIC]);
  });

  it('after one that is, which refuses: its refusal is told, and nobody else is called', async () => {
    const { stage, call, reached } = await staged({ a: { [NAME]: [PUBLIC, PRIVATE] } });
    await stage.phone(1, refusingPhone(503));
    expect((await call()).failed).toBeDefined();
    expect(stage.plans.reports.at(-1)?.branches[0]?.sipCode).toBe(503);
    expect(reached()).toEqual([PUBLIC]);
  });

  it.each<[string, Zone]>([
    ['an A record', { a: { 'elsewhere.test': [PRIVATE] } }],
    [
      'a NAPTR record',
      {
        naptr: { 'elsewhere.test': [naptr('SIP+D2U', 'service.test')] },
        srv: { 'service.test': [srv('host.test', 0, 0, 22)] },
        a: { 'host.test': [PRIVATE], 'elsewhere.test': [PUBLIC] },
      },
    ],
  ])('by %s, behind a redirection', async (_how, zone) => {
    const { stage, call, reached } = await staged(zone);
    await stage.phone(1, refusingPhone(302, { Contact: '<sip:admin@elsewhere.test>' }));
    expect((await call(`sip:bob@${PUBLIC}`)).failed?.status).toBe(403);
    expect(stage.requestsTo(1, 'INVITE')).toHaveLength(1);
    expect(reached()).toEqual([PUBLIC]);
  });

  it('in the place of the host (maddr)', async () => {
    const { call, reached } = await staged({ a: { 'elsewhere.test': [PRIVATE] } });
    expect((await call(`sip:bob@${PUBLIC};maddr=elsewhere.test`)).failed?.status).toBe(403);
    expect(reached()).toEqual([]);
  });
});

describe('a name that leads to an allowed address first, and to another later', () => {
  const named = (stage: EdgeStage): Transport => {
    const transport = stage.network.transport(PUBLIC);
    return {
      protocol: transport.protocol,
      local: transport.local,
      advertised: { host: NAME },
      listen: receiver => transport.listen(receiver),
      flowTo: target => transport.flowTo(target),
      close: () => transport.close(),
    };
  };

  it('is looked up once for a call: what was checked is what is called', async () => {
    const { stage, dns, phone, call, reached } = await staged({ a: { [NAME]: [PUBLIC] } });
    await stage.phone(1, phone);
    expect((await call()).session).toBeDefined();
    expect(dns.asked.filter(question => question === `a ${NAME}`)).toHaveLength(1);
    expect(reached()).toEqual([PUBLIC]);
  });

  it('is not reached there by requests in the call', async () => {
    const addresses = [PUBLIC];
    const { stage, phone, call, reached } = await staged({ a: { [NAME]: addresses } });
    await stage.phone(1, phone, { transports: [named(stage)] });
    const { session } = await call();
    expect(stage.requestsTo(1, 'ACK')).toHaveLength(1);
    addresses[0] = PRIVATE;
    session?.bye();
    await stage.clock.advance(40_000);
    expect(stage.requestsTo(1, 'ACK')[0]?.uri).toContain(NAME);
    expect(reached()).toEqual([PUBLIC]);
    expect([stage.edge.calls, stage.told.at(-1)]).toEqual([0, '1 completed completed']);
  });

  it('is not reached there by the next call', async () => {
    const addresses = [PUBLIC];
    const { stage, phone, call, reached } = await staged({ a: { [NAME]: addresses } });
    await stage.phone(1, phone);
    const { session } = await call();
    session?.bye();
    await stage.clock.advance(1_000);
    addresses[0] = PRIVATE;
    stage.plans.items.clear();
    expect((await call()).failed?.status).toBe(403);
    expect(reached()).toEqual([PUBLIC]);
  });
});

describe('a resolver behind the guard', () => {
  const at = (...addresses: string[]): Target[] =>
    addresses.map(address => ({ protocol: 'UDP', address, port: 5_060 }));
  const giving = (targets: Targets): Resolver => guardedResolver({ targets: () => targets }, guard);
  const destination = { secure: false, host: NAME };
  async function read(targets: Targets) {
    const read: string[] = [];
    for await (const { address } of targets) read.push(address);
    return read;
  }
  async function* later(targets: readonly Target[]) {
    yield* targets;
  }
  const ways: [string, (targets: Target[]) => Targets][] = [
    ['at once', targets => targets],
    ['later', later],
  ];

  it.each(ways)('lets through what may be reached, in its order (%s)', async (_when, give) => {
    const targets = give(at(PRIVATE, '10.2.0.2', '10.9.0.1', '10.2.0.1', '::1'));
    expect(await read(giving(targets).targets(destination))).toEqual(['10.2.0.2', '10.2.0.1']);
  });

  it.each(ways)('says why where nothing is left (%s)', async (_when, give) => {
    const targets = giving(give(at(PRIVATE))).targets(destination);
    await expect(read(targets)).rejects.toThrow(new TargetRefused('private network'));
  });

  it.each(ways)('says nothing of a name that leads nowhere (%s)', async (_when, give) => {
    expect(await read(giving(give([])).targets(destination))).toEqual([]);
  });

  it('looks up no further than it is asked to', async () => {
    let given = 0;
    async function* counted() {
      for (const target of at('10.2.0.1', '10.2.0.2')) {
        given++;
        yield target;
      }
    }
    for await (const _target of giving(counted()).targets(destination)) break;
    expect(given).toBe(1);
  });
});
