import type { Dice } from './dice.ts';

type Rule = (dice: Dice) => string;

const one =
  (...choices: readonly (string | Rule)[]): Rule =>
  dice => {
    const choice = dice.pick(choices);
    return typeof choice === 'string' ? choice : choice(dice);
  };

const all =
  (...parts: readonly (string | Rule)[]): Rule =>
  dice =>
    parts.map(part => (typeof part === 'string' ? part : part(dice))).join('');

const some =
  (rule: Rule, most: number, separator: string | Rule = ''): Rule =>
  dice =>
    Array.from({ length: dice.below(most + 1) }, () => rule(dice)).join(
      typeof separator === 'string' ? separator : separator(dice),
    );

const maybe = (rule: Rule): Rule => one('', rule);

const space = one('', '', '', ' ', '  ', '\t', '\r\n ', ' \r\n\t ');
const token = one('a', 'Z9', 'x-y', "q!%*_+`'~.", 'branch', 'tag', '0', 'z9hG4bK77', '%zz');
const digits = one('0', '7', '0099', '255', '256', '5060', '65536', '2147483648', '99999999999999999999999');
const quoted = one('""', '"a b"', '"\\""', '"é→😀"', '"\\\u0000"', '"open', '"a\\\\"', '"<,;>"');
const host = one(
  'example.com',
  '192.0.2.1',
  '[2001:db8::1]',
  '[::ffff:192.0.2.1]',
  '[::1',
  '[zz]',
  'a_b',
  '255.255.255.255',
  '-',
  '',
);
const userChars = one('alice', '%00', '%C3%A9', '+1-555', 'a;b', 'a,b', '%', '😀', '*', '');
const uriParam = all(
  ';',
  one('lr', 'transport', 'user', 'method', 'maddr', 'ttl', '%6cr', ''),
  maybe(all('=', one('tcp', 'phone', '[::1]', '1', '%41', '', '"q"'))),
);
const uriHeaders = all('?', some(all(token, '=', one('%3Csip:x%3E', 'v', '', '<')), 3, '&'));
const sipUri = all(
  one('sip:', 'sips:', 'SIP:', 'siP'),
  maybe(all(userChars, maybe(all(':', userChars)), '@')),
  host,
  maybe(all(':', digits)),
  some(uriParam, 3),
  maybe(uriHeaders),
);
const telUri = all('tel:', one('+1-555', '911', '(+)', '+', '+49.30(9)', '*#'), some(uriParam, 2));
const uri = one(sipUri, sipUri, sipUri, telUri, 'http://example.com/x?y=z', 'urn:service:sos', ':', 'x', '');
const param = all(space, ';', space, token, maybe(all(space, '=', space, one(token, quoted, host, ''))));
const params = some(param, 4);
const nameAddr = one(
  all(one('', quoted, 'Token name', 'a,b'), space, '<', uri, '>', params),
  all(uri, params),
  '*',
);
const list = (rule: Rule): Rule => all(rule, some(all(space, ',', space, rule), 3));
const via = all(
  one('SIP', 'sip'),
  space,
  '/',
  space,
  one('2.0', '7.0'),
  space,
  '/',
  space,
  one('UDP', 'TCP', 'TLS', 'x'),
  one(' ', '\t', ' \r\n ', ''),
  host,
  maybe(all(space, ':', space, digits)),
  params,
);
const method = one('INVITE', 'ACK', 'BYE', 'OPTIONS', 'REGISTER', 'CANCEL', "m'~%", 'inv ite', '');
const auth = all(
  one('Digest', 'Basic', 'Odd'),
  ' ',
  some(all(token, space, '=', space, one(token, quoted)), 6, ', '),
);
const date = one(
  'Sat, 13 Nov 2010 23:29:00 GMT',
  'Sat, 31 Feb 2010 23:29:00 GMT',
  'Sat, 13 Nov 2010 23:29:00 EST',
);
const junk = one(
  ',,;;',
  '\u0000',
  'é',
  '\r',
  '\n',
  '\r\nInjected: yes',
  '<<>>',
  '((',
  '""""',
  '\\',
  ' ',
  '%%%',
  '\ud800',
);

const names: readonly (readonly [names: readonly string[], value: Rule])[] = [
  [['Via', 'v', 'VIA', 'viA '], list(via)],
  [['From', 'f', 'FROM'], nameAddr],
  [['To', 't'], nameAddr],
  [['Contact', 'm'], list(nameAddr)],
  [
    ['Route', 'Record-Route', 'Path', 'P-Asserted-Identity', 'Diversion', 'History-Info', 'Refer-To', 'r'],
    list(nameAddr),
  ],
  [['Call-ID', 'i'], one('a@b', 'x', 'a b', '@', 'é', '<:\\>"/[]?{}@"')],
  [['CSeq'], all(digits, one(' ', '\t', '\r\n ', ''), method)],
  [['Max-Forwards', 'Expires', 'Min-SE', 'RSeq', 'Content-Length', 'l'], digits],
  [['Session-Expires', 'x', 'Retry-After'], all(digits, maybe(one(' (a (b) c)', ' (open')), params)],
  [['Content-Type', 'c', 'Accept'], all(token, space, '/', space, token, params)],
  [['Supported', 'k', 'Require', 'Allow', 'Unsupported', 'Proxy-Require'], list(token)],
  [['Reason', 'User-to-User', 'Event', 'Content-Disposition'], all(one(token, quoted), params)],
  [
    ['Authorization', 'WWW-Authenticate', 'Proxy-Authenticate', 'Proxy-Authorization', 'Authentication-Info'],
    auth,
  ],
  [['Date'], date],
  [['RAck'], all(digits, ' ', digits, ' ', method)],
  [['Warning'], all(digits, ' ', host, ' ', quoted)],
  [['Replaces'], all(token, params)],
  [['Privacy'], list(token)],
  [['X-Unknown', 'x-', 'é', ''], one(junk, token, quoted)],
];

const header: Rule = dice => {
  const [spellings, value] = dice.pick(names);
  return all(
    one(...spellings),
    one(':', ' :', ': ', ':\r\n '),
    dice.chance(0.05) ? junk : value,
    one('', '', ' '),
  )(dice);
};

const startLine = one(
  all(method, one(' ', ' ', ' ', '  ', ''), uri, ' ', one('SIP/2.0', 'SIP/2.0', 'sip/2.0', 'SIP/3.0', '')),
  all(
    'SIP/2.0 ',
    one('100', '200', '486', '699', '1000', '42', ''),
    maybe(all(' ', one('OK', '', 'é', '\u0000'))),
  ),
);

/** What every request needs, right; most of it, so that what goes wrong elsewhere is reached. */
const skeleton = all(
  'INVITE sip:b@example.com SIP/2.0\r\n',
  'Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1\r\n',
  'From: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\n',
  'Call-ID: a@example.com\r\n',
  one('CSeq: 1 INVITE\r\n', 'CSeq:\r\n 1\t INVITE\r\n', 'CSEQ : 0001 INVITE\r\n'),
);

/** A message from the grammar of RFC 3261 §25 with wrong turns in it. */
export const sentence: Rule = all(
  maybe(one('', '\r\n', '\r\n\r\n')),
  one(all(startLine, '\r\n'), skeleton, skeleton),
  dice => Array.from({ length: dice.below(10) }, () => `${header(dice)}\r\n`).join(''),
  one('\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', ''),
  one('', '', 'v=0\r\n', '\r\n\r\n', 'é\u0000'),
);
