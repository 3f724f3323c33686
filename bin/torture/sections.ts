import { DigestServer } from '../../sip/digest/server.ts';
import type { SipMessage, SipRequest } from '../../sip/message/message.ts';
import { type Capabilities, validate } from '../../sip/message/validate.ts';

/** An ordinary user agent server and registrar, as the sections of RFC 4475 §3.3 imagine one. */
const server: Capabilities = {
  methods: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'REGISTER', 'MESSAGE'],
  schemes: ['sip', 'sips', 'tel'],
  extensions: [],
  contentTypes: ['application/sdp', 'text/plain', 'multipart/mixed'],
  answerTypes: ['application/sdp'],
};

/** What the layer that a section names makes of a message, in a word or two: a status, `drop`, or a fact. */
export type Handling = (message: SipMessage) => string | Promise<string>;

const asServer: Handling = message => wordFor(message, server);
const asProxy: Handling = message =>
  wordFor(message, { role: 'proxy', schemes: ['sip', 'sips', 'tel'], extensions: [] });

function wordFor(message: SipMessage, capabilities: Capabilities): string {
  const verdict = validate(message, capabilities);
  return verdict.action === 'respond' ? String(verdict.status) : verdict.action;
}

/** A registrar that wants credentials and knows only Digest. */
const withCredentials: Handling = async message => {
  const digest = new DigestServer({
    realm: 'example.com',
    key: new Uint8Array(32),
    clock: { now: () => 0 },
    random: () => 0.5,
    secretOf: () => undefined,
  });
  const verdict = await digest.verify(message as SipRequest);
  return verdict.ok ? 'accept' : String(digest.challenge().status);
};

const branchKind: Handling = ({ via }) => (via?.hasRfc3261Branch ? 'match by branch' : 'match by RFC 2543');

const unknownParam: Handling = ({ contact }) => {
  const inUri = contact?.uri.kind === 'sip' && contact.uri.params.has('unknownparam');
  return inUri ? 'of the URI' : contact?.params.has('unknownparam') ? 'of the header' : 'lost';
};

const contactHeaders: Handling = ({ contact }) =>
  contact?.uri.kind === 'sip'
    ? contact.uri.headers.map(([name, value]) => `${name}: ${value}`).join()
    : 'none';

/** What each section of RFC 4475 §3.2 to §3.4 wants from the layer above the parser. */
export const sections: Readonly<
  Record<string, readonly (readonly [handling: Handling, wanted: string | RegExp])[]>
> = {
  '3.2.1': [[branchKind, 'match by RFC 2543']],
  '3.3.1': [[asServer, '400']],
  '3.3.2': [[asServer, '416']],
  '3.3.3': [[asServer, '416']],
  '3.3.4': [
    [asServer, '400'],
    [asProxy, 'accept'],
  ],
  '3.3.5': [
    [asServer, '420'],
    [asProxy, '420'],
  ],
  '3.3.6': [[asServer, '415']],
  '3.3.7': [[withCredentials, '401']],
  '3.3.8': [[asServer, '400']],
  '3.3.9': [[asServer, '400']],
  '3.3.10': [[asServer, 'drop']],
  '3.3.11': [
    [asProxy, '483'],
    [asServer, 'accept'],
  ],
  '3.3.12': [[unknownParam, 'of the header']],
  '3.3.13': [[unknownParam, 'of the URI']],
  '3.3.14': [
    [asServer, 'accept'],
    [contactHeaders, /^Route: <sip:/],
  ],
  '3.3.15': [[asServer, '406']],
  '3.4.1': [
    [asServer, 'accept'],
    [branchKind, 'match by RFC 2543'],
  ],
};
