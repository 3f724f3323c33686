/** A range of addresses that customers' URLs may not reach, and why. */
export interface RefusedNetwork {
  readonly cidr: string;
  readonly reason: string;
  /** The document that gives the range its meaning. */
  readonly source: string;
  /** Opened only by an allowed network that is this very address, not by a wider one around it. */
  readonly onlyByName?: true;
}

/**
 * The ranges that are not the public internet: the IANA special-purpose registries (RFC 6890 and successors), and
 * the addresses at which clouds hand out credentials. The first row that holds an address gives the reason.
 */
export const refusedNetworks: readonly RefusedNetwork[] = [
  { cidr: '169.254.169.254/32', reason: 'instance metadata', source: 'EC2 IMDS', onlyByName: true },
  {
    cidr: '169.254.170.2/32',
    reason: 'container credentials',
    source: 'ECS task metadata',
    onlyByName: true,
  },
  {
    cidr: '169.254.170.23/32',
    reason: 'container credentials',
    source: 'EKS Pod Identity',
    onlyByName: true,
  },
  { cidr: '0.0.0.0/8', reason: 'unspecified, this network', source: 'RFC 1122 §3.2.1.3' },
  { cidr: '10.0.0.0/8', reason: 'private network', source: 'RFC 1918' },
  { cidr: '100.64.0.0/10', reason: 'shared space behind carrier-grade NAT', source: 'RFC 6598' },
  { cidr: '127.0.0.0/8', reason: 'loopback', source: 'RFC 1122 §3.2.1.3' },
  { cidr: '169.254.0.0/16', reason: 'link-local', source: 'RFC 3927' },
  { cidr: '172.16.0.0/12', reason: 'private network', source: 'RFC 1918' },
  { cidr: '192.0.0.0/24', reason: 'protocol assignments', source: 'RFC 6890' },
  { cidr: '192.0.2.0/24', reason: 'documentation', source: 'RFC 5737' },
  { cidr: '192.88.99.0/24', reason: '6to4 relay anycast', source: 'RFC 7526' },
  { cidr: '192.168.0.0/16', reason: 'private network', source: 'RFC 1918' },
  { cidr: '198.18.0.0/15', reason: 'benchmarking', source: 'RFC 2544' },
  { cidr: '198.51.100.0/24', reason: 'documentation', source: 'RFC 5737' },
  { cidr: '203.0.113.0/24', reason: 'documentation', source: 'RFC 5737' },
  { cidr: '224.0.0.0/4', reason: 'multicast', source: 'RFC 5771' },
  { cidr: '255.255.255.255/32', reason: 'broadcast', source: 'RFC 919' },
  { cidr: '240.0.0.0/4', reason: 'reserved', source: 'RFC 1112' },

  { cidr: 'fd00:ec2::254/128', reason: 'instance metadata', source: 'EC2 IMDS', onlyByName: true },
  { cidr: 'fd00:ec2::23/128', reason: 'container credentials', source: 'EKS Pod Identity', onlyByName: true },
  { cidr: '::/128', reason: 'unspecified', source: 'RFC 4291 §2.5.2' },
  { cidr: '::1/128', reason: 'loopback', source: 'RFC 4291 §2.5.3' },
  { cidr: '::/96', reason: 'IPv4-compatible', source: 'RFC 4291 §2.5.5.1' },
  { cidr: '::ffff:0:0:0/96', reason: 'IPv4-translated', source: 'RFC 2765' },
  { cidr: '64:ff9b:1::/48', reason: 'local-use NAT64', source: 'RFC 8215' },
  { cidr: '100::/64', reason: 'discard-only', source: 'RFC 6666' },
  { cidr: '2001::/32', reason: 'Teredo', source: 'RFC 4380' },
  { cidr: '2001:2::/48', reason: 'benchmarking', source: 'RFC 5180' },
  { cidr: '2001:10::/28', reason: 'ORCHID', source: 'RFC 4843' },
  { cidr: '2001:20::/28', reason: 'ORCHIDv2', source: 'RFC 7343' },
  { cidr: '2001::/23', reason: 'protocol assignments', source: 'RFC 2928' },
  { cidr: '2001:db8::/32', reason: 'documentation', source: 'RFC 3849' },
  { cidr: '2002::/16', reason: '6to4', source: 'RFC 3056, RFC 7526' },
  { cidr: '3fff::/20', reason: 'documentation', source: 'RFC 9637' },
  { cidr: '5f00::/16', reason: 'segment routing identifiers', source: 'RFC 9602' },
  { cidr: 'fc00::/7', reason: 'unique local', source: 'RFC 4193' },
  { cidr: 'fe80::/10', reason: 'link-local', source: 'RFC 4291 §2.5.6' },
  { cidr: 'fec0::/10', reason: 'site-local', source: 'RFC 3879' },
  { cidr: 'ff00::/8', reason: 'multicast', source: 'RFC 4291 §2.7' },
  // Global unicast is 2000::/3; whatever else is not named above is not assigned.
  { cidr: '::/3', reason: 'not global unicast', source: 'RFC 4291 §2.4' },
  { cidr: '4000::/2', reason: 'not global unicast', source: 'RFC 4291 §2.4' },
  { cidr: '8000::/1', reason: 'not global unicast', source: 'RFC 4291 §2.4' },
];
