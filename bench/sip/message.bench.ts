import { createRequire } from 'node:module';
import { Bench } from 'tinybench';
import { Via } from '../../sip/header/via.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { parseMessage } from '../../sip/message/parse.ts';
import { serialise } from '../../sip/message/serialise.ts';
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

/** Parsing and writing an INVITE, bytes to message to bytes, beside the parsers of two npm packages. */
export default async function measure(): Promise<void> {
  const bench = new Bench({ time: 1_000, warmupTime: 300 });
  const ours = parseMessage(invite) as SipRequest;
  const theirs = sip.parse(invite.toString());
  const drachtios = drachtio.parseSipMessage(invite.toString(), true);
  const via = new Via({ transport: 'UDP', host: '203.0.113.5', port: 5060 });

  bench
    .add('parse: dialplane', () => parseMessage(invite))
    .add('parse, then read what routing needs: dialplane', () =>
      readForRouting(parseMessage(invite) as SipRequest),
    )
    .add('parse: sip 0.0.6', () => sip.parse(invite.toString()))
    .add('parse: drachtio-srf 5.0.29', () => drachtio.parseSipMessage(invite.toString(), true))
    .add('serialise: dialplane', () => serialise(ours))
    .add('serialise with another Via and Max-Forwards: dialplane', () => {
      const copy = ours.clone();
      copy.headers.prepend('Via', via).set('Max-Forwards', 68);
      return serialise(copy);
    })
    .add('serialise: sip 0.0.6', () => Buffer.from(sip.stringify(theirs)))
    .add('serialise: drachtio-srf 5.0.29', () => Buffer.from(drachtio.stringifySipMessage(drachtios)));
  await bench.run();

  console.log(
    `INVITE of ${headerFields} header fields, ${invite.length} bytes; target: 5 µs to parse, 5 µs to serialise`,
  );
  console.table(
    bench.tasks.map(({ name, result }) => {
      if (result.state !== 'completed') throw new Error(`${name} did not complete`);
      const { p50, mean } = result.latency;
      return { task: name, 'median µs': (p50 * 1_000).toFixed(2), 'mean µs': (mean * 1_000).toFixed(2) };
    }),
  );
}
