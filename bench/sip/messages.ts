import { createRequire } from 'node:module';
import { Bench } from 'tinybench';
import { Via } from '../../sip/header/via.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { parseMessage } from '../../sip/message/parse.ts';
import { serialise } from '../../sip/message/serialise.ts';
import type { Figure, Suite } from '../suite.ts';
import { headerFields, invite } from './invite.ts';

interface SipPackage {
  parse(text: string): object;
  stringify(message: object): string;
}
interface DrachtioParser {
  parseSipMessage(text: string, keepBody: boolean): object;
  stringifySipMessage(message: object): string;
}

const require = createRequire(import.meta.url);
const sip = require('sip') as SipPackage;
const drachtio = require('drachtio-srf/lib/sip-parser/parser') as DrachtioParser;

/** The headers that routing and matching read in every request. */
function readForRouting(message: SipRequest): unknown {
  const { via, from, to, callId, cseq, contact, maxForwards, recordRoutes, requestUri } = message;
  return [via, from, to, callId, cseq, contact, maxForwards, recordRoutes, requestUri];
}

const TARGET = { atMost: 5 } as const;

/** Parsing and writing an INVITE of 17 headers, bytes to message to bytes, beside the parsers of two npm packages. */
export const sipMessages: Suite = async () => {
  const bench = new Bench({ time: 1_000, warmupTime: 300 });
  const ours = parseMessage(invite) as SipRequest;
  const theirs = sip.parse(invite.toString());
  const drachtios = drachtio.parseSipMessage(invite.toString(), true);
  const via = new Via({ transport: 'UDP', host: '203.0.113.5', port: 5060 });

  bench
    .add('parse', () => parseMessage(invite))
    .add('parse and read', () => readForRouting(parseMessage(invite) as SipRequest))
    .add('parse: sip', () => sip.parse(invite.toString()))
    .add('parse: drachtio', () => drachtio.parseSipMessage(invite.toString(), true))
    .add('serialise', () => serialise(ours))
    .add('change and serialise', () => {
      const copy = ours.clone();
      copy.headers.prepend('Via', via).set('Max-Forwards', 68);
      return serialise(copy);
    })
    .add('serialise: sip', () => Buffer.from(sip.stringify(theirs)))
    .add('serialise: drachtio', () => Buffer.from(drachtio.stringifySipMessage(drachtios)));
  await bench.run();
  const median = (name: string): number => {
    const result = bench.getTask(name)?.result;
    if (result?.state !== 'completed') throw new Error(`${name} did not complete`);
    return result.latency.p50 * 1_000;
  };
  const figure = (task: string, what: string, peer: string, peerTask: string): Figure => ({
    what: `${what} of ${headerFields} header fields`,
    value: median(task),
    unit: 'µs',
    target: TARGET,
    beside: { what: peer, value: median(peerTask) },
  });
  return [
    figure('parse', 'parse an INVITE', 'npm package sip 0.0.6', 'parse: sip'),
    figure('parse', 'parse an INVITE', 'drachtio-srf 5.0.29', 'parse: drachtio'),
    { what: 'parse it and read what routing needs', value: median('parse and read'), unit: 'µs' },
    figure('serialise', 'serialise an INVITE', 'npm package sip 0.0.6', 'serialise: sip'),
    figure('serialise', 'serialise an INVITE', 'drachtio-srf 5.0.29', 'serialise: drachtio'),
    {
      what: 'serialise it with another Via and Max-Forwards',
      value: median('change and serialise'),
      unit: 'µs',
    },
  ];
};
