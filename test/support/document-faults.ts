/** What can be wrong with a document whoever reads it, by real servers; each dialect's tests say how it ends there. */
import type { CustomerAnswer, CustomerServer } from './customer-server.ts';

export const NOBODY = 'http://127.0.0.1:9';

const XML = { 'content-type': 'application/xml' };

/** What a server answers, or the URL of one that answers nothing of the kind. */
const ANSWERS = {
  'the connection breaks': { breaks: true },
  'the answer is a 404': { status: 404 },
  'the answer is a 500': { status: 500 },
  'it is empty': { headers: XML },
  'it is no XML': 'Hello',
  'it is not closed': '<Response>\n  <Wait>\n</Response>',
  'it has a bare &': '<Response>\n<Play>/a?b&c</Play></Response>',
  'it has a DOCTYPE': '<!DOCTYPE html><html/>',
  'it nests too deep': '<Response>'.repeat(40),
  'it is not UTF-8': { headers: XML, body: new Uint8Array([60, 97, 62, 255]) },
  'it is XML 1.1': '<?xml version="1.1"?><Response/>',
  'its root is another element': '<Answer/>',
  'it is too long': `<Response><!--${'x'.repeat(110_000)}--></Response>`,
  'it has too many verbs': `<Response>${'<Play>/a</Play>'.repeat(501)}</Response>`,
  'it is a picture': { headers: { 'content-type': 'image/png' }, body: 'x' },
  'it has no Content-Type': { body: '<Response/>' },
} satisfies Record<string, string | CustomerAnswer>;

const URLS = {
  'nobody listens': () => NOBODY,
  'its host has no address': () => 'http://nowhere.invalid/',
  'it is at an address that nobody may reach': () => 'http://169.254.169.254/',
  'there is no TLS where it should be': ({ url }) => url.replace('http:', 'https:'),
  'its URL asks for time limits that there are not': ({ url }) => `${url}/x#tt=soon`,
  'its server takes longer than it may': server =>
    `${server.on('/broken', () => new Promise<never>(() => {}))}#tt=100`,
  'it redirects four times': server => {
    for (const n of [1, 2, 3, 4])
      server.on(`/hop${n}`, { status: 307, headers: { location: `/hop${n + 1}` } });
    return `${server.url}/hop1`;
  },
} satisfies Record<string, (server: CustomerServer) => string>;

type Fault = keyof typeof ANSWERS | keyof typeof URLS;

/** A fault, or the verbs of a document. */
export type Broken = Fault | (string & {});

/** The URL of such a document. */
export function brokenUrl(server: CustomerServer, fault: Broken): string {
  if (fault in URLS) return URLS[fault as keyof typeof URLS](server);
  const answer = fault in ANSWERS ? ANSWERS[fault as keyof typeof ANSWERS] : `<Response>${fault}</Response>`;
  return server.on('/broken', answer);
}
