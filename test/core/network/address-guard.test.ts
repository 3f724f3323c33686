import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAddressGuard } from '../../../core/network/address-guard.ts';
import { parseIp, parseNetwork } from '../../../core/network/ip.ts';
import { refusedNetworks } from '../../../core/network/refused-networks.ts';

/** One row for every way in which an address can be other than public, first and last of each range. */
const refusedAddresses: readonly [address: string, reason: string][] = [
  ['0.0.0.0', 'unspecified, this network'],
  ['0.255.255.255', 'unspecified, this network'],
  ['10.0.0.0', 'private network'],
  ['10.255.255.255', 'private network'],
  ['100.64.0.0', 'shared space behind carrier-grade NAT'],
  ['100.100.100.200', 'shared space behind carrier-grade NAT'],
  ['100.127.255.255', 'shared space behind carrier-grade NAT'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.255', 'loopback'],
  ['169.254.0.1', 'link-local'],
  ['169.254.169.253', 'link-local'],
  ['169.254.169.254', 'instance metadata'],
  ['169.254.170.2', 'container credentials'],
  ['169.254.170.23', 'container credentials'],
  ['172.16.0.0', 'private network'],
  ['172.31.255.255', 'private network'],
  ['192.0.0.8', 'protocol assignments'],
  ['192.0.2.1', 'documentation'],
  ['192.88.99.1', '6to4 relay anycast'],
  ['192.168.0.0', 'private network'],
  ['192.168.255.255', 'private network'],
  ['198.18.0.0', 'benchmarking'],
  ['198.19.255.255', 'benchmarking'],
  ['198.51.100.1', 'documentation'],
  ['203.0.113.1', 'documentation'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.254', 'reserved'],
  ['255.255.255.255', 'broadcast'],

  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['::7f00:1', 'IPv4-compatible'],
  ['::8.8.8.8', 'IPv4-compatible'],
  ['::ffff:0:127.0.0.1', 'IPv4-translated'],
  ['100::1', 'discard-only'],
  ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'Teredo'],
  ['2001:2::1', 'benchmarking'],
  ['2001:10::1', 'ORCHID'],
  ['2001:20::1', 'ORCHIDv2'],
  ['2001:1ff::1', 'protocol assignments'],
  ['2001:db8::1', 'documentation'],
  ['3fff::1', 'documentation'],
  ['2002:7f00:1::1', '6to4'],
  ['2002:808:808::1', '6to4'],
  ['5f00::1', 'segment routing identifiers'],
  ['fc00::1', 'unique local'],
  ['fdff:ffff::1', 'unique local'],
  ['fd00:ec2::254', 'instance metadata'],
  ['fd00:ec2::23', 'container credentials'],
  ['fe80::1', 'link-local'],
  ['febf::1', 'link-local'],
  ['fec0::1', 'site-local'],
  ['ff02::1', 'multicast'],
  ['1000::1', 'not global unicast'],
  ['4000::1', 'not global unicast'],
  ['a000::1', 'not global unicast'],

  // IPv4 addresses in IPv6 clothes: judged as what the kernel or a translator makes of them.
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['::ffff:a9fe:a9fe', 'instance metadata'],
  ['0:0:0:0:0:ffff:10.1.2.3', 'private network'],
  ['::FFFF:C0A8:0001', 'private network'],
  ['64:ff9b::127.0.0.1', 'loopback'],
  ['64:ff9b::a9fe:a9fe', 'instance metadata'],
  ['64:ff9b::10.0.0.1', 'private network'],
  ['64:ff9b:1::8.8.8.8', 'local-use NAT64'],
  ['64:ff9b:1:fffe::10.0.0.1', 'local-use NAT64'],

  // No plain addresses at all.
  ['fe80::1%eth0', 'not a plain IP address'],
  ['2600::1%1', 'not a plain IP address'],
  ['', 'not a plain IP address'],
  ['localhost', 'not a plain IP address'],
  ['0x7f.1', 'not a plain IP address'],
  ['127.1', 'not a plain IP address'],
  ['2130706433', 'not a plain IP address'],
];

// biome-ignore format: one list
const publicAddresses = [
  '1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0',
  '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.167.255.255', '192.169.0.0',
  '198.17.255.255', '198.20.0.0', '223.255.255.255', '2001:200::1', '2001:4860:4860::8888', '2600::1', '2606:4700::1111',
  '2a00:1450:4001::1', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8',
];

/** Any address of any refused range, but for those that are judged by the IPv4 address in them. */
const addressInAnyRow = fc
  .tuple(fc.constantFrom(...refusedNetworks), fc.uint8Array({ minLength: 16, maxLength: 16 }))
  .map(([row, noise]) => {
    const { prefix, bits } = parseNetwork(row.cidr) ?? { prefix: [], bits: 0 };
    return textOf(
      prefix.map((byte, index) => byte | ((noise[index] ?? 0) & (0xff >> clamp(bits - index * 8)))),
    );
  })
  .filter(address => !standsForIPv4(address));

function clamp(bits: number): number {
  return Math.min(8, Math.max(0, bits));
}

function textOf(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  const hex = Buffer.from(bytes).toString('hex');
  return hex.match(/.{4}/g)?.join(':') ?? '';
}

function standsForIPv4(address: string): boolean {
  const hex = Buffer.from(parseIp(address) ?? []).toString('hex');
  return /^(0{20}ffff|0064ff9b0{16})/.test(hex) && hex.length === 32;
}

describe('With no network allowed', () => {
  const guard = createAddressGuard([]);

  it.each(refusedAddresses)('%s is refused: %s', (address, reason) => {
    expect(guard.refusal(address)?.reason).toBe(reason);
  });

  it.each(publicAddresses)('%s may be reached', address => {
    expect(guard.refusal(address)).toBeUndefined();
  });

  it('every row of the table has a test', () => {
    const reasons = new Set(refusedAddresses.map(([, reason]) => reason));
    expect(refusedNetworks.filter(row => !reasons.has(row.reason))).toEqual([]);
  });

  it('every address of every refused range is refused, also mapped into IPv6 and behind NAT64', () => {
    fc.assert(
      fc.property(addressInAnyRow, address => {
        expect(guard.refusal(address)).toBeDefined();
        if (isIP(address) === 4) {
          expect(guard.refusal(`::ffff:${address}`)).toBeDefined();
          expect(guard.refusal(`64:ff9b::${address}`)).toBeDefined();
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("agrees with Node's own BlockList on any address", () => {
    // One each: a BlockList holds IPv4 addresses to its IPv6 ranges too, as mapped ones.
    const blockLists = { ipv4: new BlockList(), ipv6: new BlockList() };
    const familyOf = (address: string) => (isIP(address) === 4 ? 'ipv4' : 'ipv6');
    for (const { cidr } of refusedNetworks) {
      const [prefix = '', bits = ''] = cidr.split('/');
      blockLists[familyOf(prefix)].addSubnet(prefix, Number(bits), familyOf(prefix));
    }
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), addressInAnyRow), address => {
        fc.pre(!standsForIPv4(address));
        const family = familyOf(address);
        expect(guard.refusal(address) !== undefined).toBe(blockLists[family].check(address, family));
      }),
      { numRuns: 2_000 },
    );
  });

  it('no text makes it throw', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), text => void guard.refusal(text)));
  });
});

describe('An allowed network', () => {
  it('is open, and nothing around it', () => {
    const guard = createAddressGuard(['10.1.0.0/16', '::1/128']);

    expect(guard.refusal('10.1.2.3')).toBeUndefined();
    expect(guard.refusal('::1')).toBeUndefined();
    expect(guard.refusal('::ffff:10.1.2.3')).toBeUndefined();
    expect(guard.refusal('10.2.0.1')?.reason).toBe('private network');
    expect(guard.refusal('127.0.0.1')?.reason).toBe('loopback');
  });

  it('does not open addresses that hand out credentials, unless it is that very address', () => {
    expect(createAddressGuard(['169.254.0.0/16']).refusal('169.254.1.1')).toBeUndefined();
    expect(createAddressGuard(['169.254.0.0/16']).refusal('169.254.169.254')?.reason).toBe(
      'instance metadata',
    );
    expect(createAddressGuard(['0.0.0.0/0']).refusal('169.254.170.2')?.reason).toBe('container credentials');
    expect(createAddressGuard(['fc00::/7']).refusal('fd00:ec2::254')?.reason).toBe('instance metadata');
    expect(createAddressGuard(['169.254.169.254/32']).refusal('169.254.169.254')).toBeUndefined();
  });

  it('of local-use NAT64 does not open private IPv4 networks behind it', () => {
    const guard = createAddressGuard(['64:ff9b:1::/96']);

    expect(guard.refusal('64:ff9b:1::8.8.8.8')).toBeUndefined();
    expect(guard.refusal('64:ff9b:1::10.0.0.1')?.reason).toBe('private network');
  });

  it.each(['10.0.0.0', '10/8', 'localhost/8', '10.0.0.0/33', '10.0.0.0/', '::/129', 'fe80::1%eth0/64', ''])(
    'cannot be written as "%s"',
    cidr => {
      expect(() => createAddressGuard([cidr])).toThrow(RangeError);
    },
  );
});
