import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { pause, request, type Step } from '../sipp/scenario.ts';
import * as uas from '../sipp/uas.ts';
import { useCertificate } from '../support/certificate.ts';
import { type EdgeCase, throughTheEdge } from './support/call.ts';
import {
  answersAndHangsUp,
  answersAndIsHungUpOn,
  hangsUp,
  isHungUpOn,
  isRefused,
  ringing,
} from './support/steps.ts';

const kept = { via: 'Via:', from: 'From:', to: 'To:', cseq: 'CSeq:' };

/** A callee that answers an INVITE in which all of these stand, in this order. */
const wants = (...patterns: readonly string[]): readonly Step[] => [
  request('INVITE', { keep: kept, with: 'rrs="true"', must: patterns.join('.*') }),
  ringing,
  // Whoever else is called rings by then.
  pause(200),
  uas.ok(),
  uas.ack,
  ...uas.byeOfPeer,
];

const challenge = (status: number, header: string, nonce: string): readonly Step[] => [
  uas.reply(status, 'Who Are You', {
    tag: uas.ourTag,
    headers: [`${header}: Digest realm="sipp", nonce="${nonce}", algorithm=MD5, qop="auth"`],
    with: 'retrans="500"',
  }),
  uas.ack,
];

/** A callee that challenges, computes the digest itself, and answers whoever has its password. */
const guarded: readonly Step[] = [
  uas.invite,
  ...challenge(401, 'WWW-Authenticate', 'one'),
  '<recv request="INVITE" rrs="true" timeout="8000" next="right" test="valid"><action>',
  ...Object.entries(kept).map(
    ([name, field]) => `<ereg regexp=".*" search_in="hdr" header="${field}" assign_to="${name}"/>`,
  ),
  '<verifyauth assign_to="valid" username="kate" password="s3cret"/></action></recv>',
  ...challenge(401, 'WWW-Authenticate', 'two'),
  '<nop next="end"/>',
  '<label id="right"/>',
  uas.ok(),
  uas.ack,
  ...uas.byeOfPeer,
  '<label id="end"/>',
  pause(50),
];

/** The same as a proxy, whose header SIPp cannot verify: it answers, or challenges again, whatever it gets. */
const guardedByProxy = (right: boolean): readonly Step[] => [
  uas.invite,
  ...challenge(407, 'Proxy-Authenticate', 'one'),
  uas.invite,
  ...(right
    ? [uas.ok(), uas.ack, ...uas.byeOfPeer]
    : [...challenge(407, 'Proxy-Authenticate', 'two'), pause(50)]),
];

/** Whether the proof in a message is the one that this password makes (RFC 2617 §3.2.2). */
function proves(seen: string, password: string): boolean {
  const proof = /^Proxy-Authorization: Digest (.*)$/m.exec(seen)?.[1] ?? '';
  const part = (name: string) => new RegExp(`\\b${name}="?([^",\\r]*)`).exec(proof)?.[1] ?? '';
  const md5 = (...parts: readonly string[]) => createHash('md5').update(parts.join(':')).digest('hex');
  const who = md5('kate', 'sipp', password);
  const what = md5('INVITE', part('uri'));
  return part('response') === md5(who, part('nonce'), part('nc'), part('cnonce'), part('qop'), what);
}

const rtpmap = (payloads: string) => `m=audio 6000 RTP/AVP ${payloads}[[:cntrl:]]`;

const headerCases: readonly EdgeCase[] = [
  {
    name: 'the headers of its target, in their order, with names and values as they were given',
    caller: hangsUp,
    callees: [
      {
        steps: wants(
          'X-My-Custom: foo; bar=1',
          'P-Asserted-Identity: .sip:.15550199@example.com.',
          'Privacy: id',
        ),
        target: {
          headers: [
            ['X-My-Custom', 'foo; bar=1'],
            ['P-Asserted-Identity', '<sip:+15550199@example.com>'],
            ['Privacy', 'id'],
          ],
        },
      },
    ],
    stories: ['ringing answered completed'],
  },
  {
    name: 'none of the headers of another target',
    caller: hangsUp,
    callees: [
      { steps: wants('X-Mine: one'), target: { headers: [['X-Mine', 'one']] } },
      {
        steps: [
          uas.invite,
          ringing,
          request('CANCEL'),
          uas.reply(200, 'OK'),
          uas.answer(487, 'Request Terminated'),
          uas.ack,
        ],
      },
    ],
    stories: ['ringing answered completed', 'ringing canceled'],
    assess: ({ callees: [, second] }) => expect(second).not.toContain('X-Mine'),
  },
  {
    name: 'the caller id and the caller’s name in From, and nothing of the inside leg',
    caller: hangsUp,
    callees: [{ steps: wants('From: .Ann Other. .sip:.15550100@127.0.0.1') }],
    plan: { callerName: 'Ann Other' },
    stories: ['ringing answered completed'],
    assess({ callees: [seen = ''] }) {
      expect(seen).not.toContain('abcdefghijklmnopqrstuvwx');
      expect(seen).not.toMatch(/^(?:From|To|Contact|Call-ID):.*uac/m);
    },
  },
  {
    name: 'a session timer, and that the edge takes UPDATE',
    caller: hangsUp,
    callees: [{ steps: wants('Allow:.*UPDATE') }],
    stories: ['ringing answered completed'],
    assess({ callees: [seen = ''] }) {
      const [invite = ''] = seen.split(/^-{20,}/m).filter(part => part.includes('INVITE sip:'));
      expect(invite).toMatch(/^Session-Expires: 1800/m);
      expect(invite).toMatch(/^Supported: .*timer/m);
      expect(invite).toMatch(/^Max-Forwards: 69/m);
    },
  },
  {
    name: 'the session timer that was asked for',
    caller: hangsUp,
    callees: [{ steps: wants('Session-Expires: 600'), target: { sessionTimeoutSeconds: 600 } }],
    stories: ['ringing answered completed'],
  },
];

test.each(headerCases)('SIPp is called with $name', throughTheEdge);

const codecCases: readonly EdgeCase[] = [
  [['PCMU'], rtpmap('0 101')],
  [['PCMU', 'PCMA'], rtpmap('0 8 101')],
  [['PCMA', 'PCMU'], rtpmap('8 0 101')],
  [['PCMU', 'G722', 'G729'], rtpmap('0 9 18 101')],
  [['OPUS', 'PCMU'], rtpmap('(9[6-9]|1[0-2][0-9]) 0 101')],
].map(([codecs, offer]) => ({
  name: `${(codecs as string[]).join(', ')} in this order and nothing else, and telephone-event`,
  caller: hangsUp,
  callees: [{ steps: wants(offer as string), target: { codecs: codecs as never } }],
  stories: ['ringing answered completed'],
}));

test.each(codecCases)('SIPp is offered $name', throughTheEdge);

const digests = [
  [401, 'WWW-Authenticate'],
  [407, 'Proxy-Authenticate'],
] as const;

const credentials = (password: string) => ({
  credentials: { username: 'kate', password: { ciphertext: Buffer.from(password).toString('base64') } },
});
const passwords = [
  [401, 'right', 's3cret', guarded],
  [401, 'wrong', 'guess', guarded],
  [407, 'right', 's3cret', guardedByProxy(true)],
  [407, 'wrong', 'guess', guardedByProxy(false)],
] as const;

test.each(passwords)(
  'SIPp challenges with %i and gets the %s password’s proof, once',
  async (status, kind, password, steps) => {
    const right = kind === 'right';
    await throughTheEdge({
      name: '',
      // Another's challenge is not the caller's to answer.
      caller: right ? hangsUp : isRefused(403),
      callees: [{ steps, target: credentials(password) }],
      stories: [right ? 'answered completed' : 'failed'],
      codes: [right ? 200 : status],
      assess({ callees: [seen = ''] }) {
        expect(seen.match(/^INVITE /gm)).toHaveLength(2);
        expect(seen).not.toContain(password);
        if (status === 407) expect(proves(seen, 's3cret')).toBe(right);
      },
    });
  },
);

test.each(digests)(
  'SIPp challenges with %i where there are no credentials: the branch ends',
  async (status, header) =>
    throughTheEdge({
      name: '',
      caller: isRefused(403),
      callees: [{ steps: [uas.invite, ...challenge(status, header, 'one'), pause(50)] }],
      stories: ['failed'],
      codes: [status],
    }),
);

const certificate = useCertificate();
const ways = (['UDP', 'TCP'] as const).flatMap(from =>
  (['UDP', 'TCP', 'TLS'] as const).map(to => [from, to] as const),
);

test.each(ways)('a call comes by %s and goes out by %s, and the caller ends it', async (from, to) =>
  throughTheEdge({
    name: '',
    caller: hangsUp,
    callerSpeaks: from,
    callees: [{ steps: answersAndIsHungUpOn, transport: to }],
    edge: { certificate: certificate() },
    stories: ['ringing answered completed'],
  }),
);

test.each(ways.slice(1, 5))(
  'a call comes by %s and goes out by %s, and the target ends it',
  async (from, to) =>
    throughTheEdge({
      name: '',
      caller: isHungUpOn,
      callerSpeaks: from,
      callees: [{ steps: answersAndHangsUp, transport: to }],
      edge: { certificate: certificate() },
      stories: ['ringing answered completed'],
    }),
);

test('each target of a fork is called by its own transport', async () =>
  throughTheEdge({
    name: '',
    caller: hangsUp,
    callees: [
      { steps: answersAndIsHungUpOn, transport: 'TCP' },
      {
        steps: [
          uas.invite,
          ringing,
          request('CANCEL'),
          uas.reply(200, 'OK'),
          uas.answer(487, 'Request Terminated'),
          uas.ack,
        ],
        transport: 'UDP',
      },
    ],
    stories: ['ringing answered completed', 'ringing canceled'],
    codes: [200, 487],
  }));
