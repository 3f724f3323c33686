import type { Expected } from '../../../bin/torture/judge.ts';

/** A torture message of our own, for one section of RFC 4475. */
export interface TortureMessage {
  readonly section: string;
  readonly about: string;
  readonly expected: Expected;
  readonly bytes: Buffer;
  /** What must be said of it: a part of the line that `npm run torture` prints. */
  readonly says?: string;
}

const sdp =
  'v=0\r\no=- 20518 0 IN IP4 203.0.113.1\r\ns=-\r\nc=IN IP4 203.0.113.1\r\nt=0 0\r\nm=audio 54400 RTP/AVP 0\r\n';

/** The headers of a plain request; a test replaces, drops (`null`) or adds what its section is about. */
const plain: Readonly<Record<string, string>> = {
  Via: 'SIP/2.0/UDP pc7.example.org;branch=z9hG4bKnashds7',
  'Max-Forwards': '70',
  From: '<sip:ada@example.org>;tag=9fxced76sl',
  To: '<sip:grace@example.com>',
  'Call-ID': '3848276298220188511@pc7.example.org',
  CSeq: '1 OPTIONS',
};

type Changes = Readonly<Record<string, string | null>>;

function head(startLine: string, changes: Changes = {}, end = '\r\n\r\n'): string {
  const method = startLine.split(' ')[0];
  const usual = startLine.startsWith('SIP/') ? plain : { ...plain, CSeq: `1 ${method}` };
  const lines = Object.entries({ ...usual, ...changes }).filter(([, value]) => value !== null);
  return [startLine, ...lines.map(([name, value]) => `${name}: ${value}`)].join('\r\n') + end;
}

/** One that is written in full, a line an array item. */
const raw = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`;

const message = (
  section: string,
  expected: Expected,
  about: string,
  text: string | Buffer,
  says?: string,
): TortureMessage => ({
  section,
  about,
  expected,
  bytes: typeof text === 'string' ? Buffer.from(text) : text,
  ...(says === undefined ? {} : { says }),
});

const long = 'x'.repeat(900);
const invite = 'INVITE sip:grace@example.com SIP/2.0';
const options = 'OPTIONS sip:grace@example.com SIP/2.0';
const register = 'REGISTER sip:example.com SIP/2.0';
const ok = 'SIP/2.0 200 OK';

/** At least one message for every section of RFC 4475; none is taken from it. */
export const messages: readonly TortureMessage[] = [
  message(
    '3.1.1.1',
    'parse',
    'white space, folds, empty compact headers and odd cases wherever they are allowed',
    raw(
      'INVITE sip:grace@example.com;flag SIP/2.0',
      'vIA\t:  SIP /  2.0',
      ' /  TCP   edge.example.org   :  5062 ;branch  =  z9hG4bKa7 ,SIP/2.0/UDP 203.0.113.77;',
      '\tbranch=z9hG4bKb8',
      's   :',
      'T:',
      ' <sip:grace@example.com>',
      'f :\t"Ada \\"the\\" Countess\\\\"   <sip:ada@example.org>  ;  tag  =  77x',
      'i: fold@example.org',
      'cSEQ: 00042',
      '   INVITE',
      'mAX-fORWARDS: 0009',
      'X-Nothing-But-Separators: ,;,;,,',
      'M: "" <sip:ada@203.0.113.77>',
      ' ; q = 0.5 ; lonely',
      'L  :  0',
    ),
  ),
  message(
    '3.1.1.2',
    'parse',
    'every kind of character where tokens, words, users and UTF-8 may stand',
    raw(
      "~odd*Method+1`%2! sip:a_b.c!d~e*f'(g)&=+$,;?/:p&=+$,w@example.com SIP/2.0",
      "Via: SIP/2.0/UDP pc7.example.org;branch=z9hG4bK~!*%27.+_`'",
      'From: some-token! other.token~ <sip:ada@example.org>;note="Grüße, \\\u0001 and \\\u0000";tag=~\'`+*%!._-',
      'To: "\\\u0007 bell" <sip:grace@example.com>',
      'Call-ID: a%b-!.*_+`\'~()<>:\\"/[]?{}@c()<>',
      'CSeq: 2147483647 ~odd*Method+1`%2!',
      'Max-Forwards: 255',
      "X-.!%*_+`'~: ひらがな",
    ),
  ),
  message(
    '3.1.1.3',
    'parse',
    'percent escapes in users, hosts untouched, and parameters',
    head('INVITE sip:tel%3A+1%40home@example.com SIP/2.0', {
      To: '<sip:%67race@example.com;%6Cr>',
      Contact: '<sip:ad%61@pc7.example.org;p%31=v%3B%25>',
    }),
  ),
  message(
    '3.1.1.4',
    'parse',
    'an escaped NUL in a user part',
    head(register, { To: '<sip:a%00b@example.com>', Contact: '<sip:%00@pc7.example.org>' }),
  ),
  message(
    '3.1.1.5',
    'parse',
    'percent signs that are no escapes',
    head('OPT%49ONS sip:example.com SIP/2.0', {
      From: '"100% %ZZ" <sip:ada@example.org>;tag=1%q',
      'C%6Fntact': 'no contact',
    }),
  ),
  message(
    '3.1.1.6',
    'parse',
    'no space before the angle bracket',
    head(options, { From: 'Ada<sip:ada@example.org>;tag=1' }),
  ),
  message(
    '3.1.1.7',
    'parse',
    'long values everywhere, and many Via',
    raw(
      'INVITE sip:grace@example.com SIP/2.0',
      ...Array.from(
        { length: 40 },
        (_, hop) => `${hop % 2 ? 'v ' : 'VIA'}: SIP/2.0/TCP hop${hop}.example.com`,
      ),
      `Via: SIP/2.0/TCP pc7.example.org;branch=${long};received=203.0.113.9`,
      `f: "${long}" <sip:${long}@example.org;${long}=${long}>;tag=${long};${long}1=${long}`,
      't: <sip:grace@example.com>',
      `i: ${long}`,
      'CSeq: 5 INVITE',
      `X-${long}: ${long};${long}=${long}`,
    ),
  ),
  message(
    '3.1.1.8',
    'parse',
    'a second request in the same datagram',
    `${head(register, { 'Content-Length': '0' }) + head(invite, { 'Content-Length': '5' })}stray`,
  ),
  message(
    '3.1.1.9',
    'parse',
    'a semicolon in the user part',
    head('OPTIONS sip:grace;ext=9%40pbx@example.com SIP/2.0'),
  ),
  message(
    '3.1.1.10',
    'parse',
    'transports known and unknown',
    head(options, {
      Via: 'SIP/2.0/DTLS-SCTP a.example.com;branch=z9hG4bK1, SIP/2.0/PIGEON b.example.com;branch=z9hG4bK2',
    }),
  ),
  message(
    '3.1.1.11',
    'parse',
    'a multipart body with bytes that are no text',
    Buffer.concat([
      Buffer.from(
        head('MESSAGE sip:grace@example.com SIP/2.0', { 'Content-Type': 'multipart/mixed;boundary="b 1"' }),
      ),
      Buffer.from('--b 1\r\nContent-Type: application/octet-stream\r\n\r\n'),
      Buffer.from([0, 255, 13, 10, 13, 10, 128, 192, 10]),
      Buffer.from('\r\n--b 1--\r\n'),
    ]),
  ),
  message(
    '3.1.1.12',
    'parse',
    'a reason phrase in another script',
    head('SIP/2.0 200 好的: 100% = *', { CSeq: '1 INVITE' }),
  ),
  message('3.1.1.13', 'parse', 'an empty reason phrase', head('SIP/2.0 180 ', { CSeq: '1 INVITE' })),

  message(
    '3.1.2.1',
    'refuse',
    'separators where Via parameters should be',
    head(invite, { Via: 'SIP/2.0/UDP a.example.org;;;branch=1' }),
    'Via',
  ),
  message(
    '3.1.2.1',
    'refuse',
    'separators where Contact parameters should be',
    head(invite, { Contact: '<sip:a@example.org>;;' }),
    'Contact',
  ),
  message(
    '3.1.2.2',
    'refuse',
    'Content-Length above what came',
    `${head(invite, { 'Content-Length': '200' })}${sdp}`,
    'answer 400',
  ),
  message(
    '3.1.2.3',
    'refuse',
    'a negative Content-Length',
    `${head(invite, { 'Content-Length': '-1' })}${sdp}`,
    'answer 400',
  ),
  message(
    '3.1.2.4',
    'refuse',
    'a sequence number beyond 31 bits',
    head(register, { CSeq: '2147483648 REGISTER' }),
    'answer 400: CSeq',
  ),
  message(
    '3.1.2.4',
    'refuse',
    'Max-Forwards beyond a byte',
    head(register, { 'Max-Forwards': '256' }),
    'answer 400: Max-Forwards',
  ),
  message(
    '3.1.2.5',
    'refuse',
    'a sequence number beyond 31 bits in a response',
    head(ok, { CSeq: '99999999999 OPTIONS' }),
    'drop',
  ),
  message(
    '3.1.2.6',
    'refuse',
    'a quote that is not closed',
    head(invite, { To: '"Grace <sip:grace@example.com>' }),
    'not closed',
  ),
  message(
    '3.1.2.7',
    'refuse',
    'a Request-URI in angle brackets',
    head('INVITE <sip:grace@example.com> SIP/2.0'),
    'Request-URI',
  ),
  message(
    '3.1.2.8',
    'refuse',
    'a space in the Request-URI',
    head('INVITE sip:grace@example.com ;lr SIP/2.0', { CSeq: '1 INVITE' }),
    'white space',
  ),
  message(
    '3.1.2.9',
    'refuse',
    'two spaces in the request line',
    head('INVITE sip:grace@example.com  SIP/2.0'),
    'two spaces',
  ),
  message(
    '3.1.2.9',
    'refuse',
    'a tab in the request line',
    head('INVITE sip:grace@example.com\tSIP/2.0'),
    'answer 400',
  ),
  message(
    '3.1.2.10',
    'refuse',
    'a space after the version',
    head('OPTIONS sip:grace@example.com SIP/2.0 '),
    'two spaces',
  ),
  message(
    '3.1.2.11',
    'refuse',
    'headers in the Request-URI',
    head('INVITE sip:grace@example.com?Subject=hello SIP/2.0'),
    'headers',
  ),
  message(
    '3.1.2.12',
    'refuse',
    'a date in another time zone',
    head(invite, { Date: 'Mon, 06 Jul 2026 09:00:00 CET' }),
    'Date',
  ),
  message(
    '3.1.2.12',
    'refuse',
    'a date that no month has',
    head(invite, { Date: 'Tue, 31 Feb 2026 09:00:00 GMT' }),
    'no such date',
  ),
  message(
    '3.1.2.13',
    'refuse',
    'a Contact with URI headers but no brackets',
    head(register, { Contact: 'sip:ada@example.org?Route=%3Csip:x%3E' }),
    'angle brackets',
  ),
  message(
    '3.1.2.14',
    'refuse',
    'spaces inside the angle brackets',
    head(options, { To: '<sip:grace@example.com >' }),
    'To',
  ),
  message(
    '3.1.2.15',
    'refuse',
    'a comma in a display name without quotes',
    head(options, { To: 'Hopper, Grace <sip:grace@example.com>' }),
    'To',
  ),
  message(
    '3.1.2.16',
    'refuse',
    'another protocol version',
    head('OPTIONS sip:grace@example.com SIP/3.0'),
    'answer 505',
  ),
  message(
    '3.1.2.17',
    'refuse',
    'CSeq with another known method',
    head(options, { CSeq: '1 BYE' }),
    'answer 400',
  ),
  message(
    '3.1.2.18',
    'refuse',
    'CSeq with a known method in an unknown one',
    head('FROBNICATE sip:grace@example.com SIP/2.0', { CSeq: '1 INVITE' }),
    'answer 400',
  ),
  message(
    '3.1.2.19',
    'refuse',
    'a status code of four digits',
    head('SIP/2.0 2000 Far too well', { CSeq: '1 INVITE' }),
    'drop',
  ),
  message(
    '3.1.2.19',
    'refuse',
    'a status code below 100',
    head('SIP/2.0 099 Not yet', { CSeq: '1 INVITE' }),
    'drop',
  ),

  message(
    '3.2.1',
    'above',
    'a branch that is only the cookie',
    head(options, { Via: 'SIP/2.0/UDP a.example.org;branch=z9hG4bK' }),
  ),

  message(
    '3.3.1',
    'above',
    'no From, To or Call-ID',
    head(invite, { From: null, To: null, 'Call-ID': null }),
  ),
  message('3.3.2', 'above', 'a scheme that nobody knows', head('OPTIONS gopher-ish:whatever SIP/2.0')),
  message(
    '3.3.3',
    'above',
    'a known scheme that is not for SIP',
    head('OPTIONS https://example.com/path SIP/2.0'),
  ),
  message(
    '3.3.4',
    'above',
    'other schemes in To, From and Contact',
    head(register, {
      To: 'urn:service:sos',
      From: '<mailto:ada@example.org>;tag=1',
      Contact: '<im:ada@example.org>',
    }),
  ),
  message(
    '3.3.5',
    'above',
    'required extensions that do not exist',
    head(options, { Require: 'teleport', 'Proxy-Require': 'telepathy' }),
  ),
  message(
    '3.3.6',
    'above',
    'a body type that nobody reads',
    `${head(invite, { 'Content-Type': 'application/x-semaphore' })}flags`,
  ),
  message(
    '3.3.7',
    'above',
    'an authorization scheme that nobody knows',
    head(register, { Authorization: 'Handshake secret=please' }),
  ),
  message(
    '3.3.8',
    'above',
    'two values where one may be',
    head(options, { 'call-id': 'another@example.org' }),
    '400',
  ),
  message(
    '3.3.9',
    'above',
    'two Content-Length',
    `${head(options, { 'Content-Length': '2', l: '3' })}abcdef`,
    '400',
  ),
  message(
    '3.3.10',
    'above',
    'a response with a broadcast address in its second Via',
    head(ok, {
      Via: 'SIP/2.0/UDP a.example.org;branch=z9hG4bK1, SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK2',
    }),
  ),
  message('3.3.11', 'above', 'no hops left', head(options, { 'Max-Forwards': '0' })),
  message(
    '3.3.12',
    'above',
    'a parameter of the header',
    head(register, { Contact: 'sip:ada@pc7.example.org;unknownparam' }),
  ),
  message(
    '3.3.13',
    'above',
    'a parameter of the URI',
    head(register, { Contact: '<sip:ada@pc7.example.org;unknownparam>' }),
  ),
  message(
    '3.3.14',
    'above',
    'a Contact whose URI brings a Route',
    head(register, { Contact: '<sip:ada@pc7.example.org?Route=%3Csip:edge.example.org%3Blr%3E>' }),
  ),
  message(
    '3.3.15',
    'above',
    'a sender that takes no SDP',
    `${head(invite, { 'Content-Type': 'application/sdp', Accept: 'text/*, image/png' })}${sdp}`,
  ),

  message(
    '3.4.1',
    'above',
    'an INVITE as RFC 2543 had it',
    `${head(invite, { Via: 'SIP/2.0/UDP old.example.org', From: '<sip:ada@example.org>', 'Max-Forwards': null, 'Content-Type': 'application/sdp' })}${sdp}`,
  ),
];
