import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../sma/clock.ts';
import { NO_LINE } from '../../../sma/network/phone-network.ts';
import { seededRandom } from '../../../sma/random.ts';
import { createSmaRuntime } from '../../../sma/runtime.ts';
import { networks } from '../../../sma/voice-connector/networks.ts';
import { type OriginationRoute, routeOrder } from '../../../sma/voice-connector/origination-route.ts';

const route = (host: string, priority: number, weight = 1): OriginationRoute => {
  return { host, port: 5_060, protocol: 'UDP', priority, weight };
};

describe('the routes of one call', () => {
  test('are in the order of their priority', () => {
    const routes = [route('c', 3), route('a', 1), route('b', 2)];
    expect(routeOrder(routes, Math.random).map(({ host }) => host)).toEqual(['a', 'b', 'c']);
  });

  test('come first as often as their weight among those of one priority', () => {
    const random = seededRandom(1);
    const routes = [route('heavy', 1, 3), route('light', 1, 1), route('last', 2, 100)];
    const firsts = Array.from({ length: 4_000 }, () => routeOrder(routes, random).map(({ host }) => host));
    const heavy = firsts.filter(([first]) => first === 'heavy').length;
    expect(heavy / firsts.length).toBeCloseTo(0.75, 1);
    expect(firsts.every(order => new Set(order).size === 3 && order[2] === 'last')).toBe(true);
  });

  test('are all there even without any weight', () => {
    expect(routeOrder([route('a', 1, 0), route('b', 1, 0)], () => 0.9)).toHaveLength(2);
  });
});

describe('termination networks', () => {
  test.each([
    ['192.0.2.77', true],
    ['192.0.3.1', false],
    ['203.0.113.5', true],
    ['203.0.113.6', false],
    ['2001:db8::7', true],
    ['2001:db9::7', false],
    ['::ffff:192.0.2.77', true],
    ['', false],
    ['host.example.com', false],
  ])('%s: %s', (address, isIn) => {
    expect(networks(['192.0.2.0/24', '203.0.113.5', '2001:db8::/32'])(address)).toBe(isIn);
  });

  test.each(['192.0.2.0/33', '192.0.2.0/', 'example.com', '', '::1/129'])('"%s" is none', cidr => {
    expect(() => networks([cidr])).toThrow(RangeError);
  });
});

describe('a host name', () => {
  test('belongs to one application only, however it is written', () => {
    const runtime = createSmaRuntime({
      clock: systemClock,
      random: seededRandom(1),
      network: { dial: () => NO_LINE },
      audio: async () => undefined,
      awsAccountId: '111122223333',
      region: 'us-east-1',
    });
    const application = { invoke: async () => undefined, numbers: [] };
    runtime.addApplication({ ...application, sipMediaApplicationId: 'one', hostNames: ['VC.example.com'] });
    const again = { ...application, sipMediaApplicationId: 'two', hostNames: ['vc.example.com'] };
    expect(() => runtime.addApplication(again)).toThrow('vc.example.com belongs to another');
    expect(runtime.inbound({ from: 'a', to: 'b', hostName: 'other.example.com' }, NO_LINE)).toBeUndefined();
    expect(runtime.inbound({ from: 'a', to: 'b', hostName: 'vc.Example.com' }, NO_LINE)).toBeDefined();
    runtime.close();
  });
});
