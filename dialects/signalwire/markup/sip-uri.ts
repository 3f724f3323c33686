/** The text of a `<Sip>`: `sip:user@host:port;transport=udp?X-Name=value&…` (RFC 3261 §19.1.1). */
import { SIP_TRANSPORTS, type SipTransport } from '../../../core/sip-target.ts';
import type { Element } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { CODE } from './codes.ts';

export const MAX_URI_CHARACTERS = 255;
export const MAX_HEADERS_CHARACTERS = 1_024;
export const MAX_HEADERS = 20;

/** Headers that may be named as they are; any other one gets `X-` before its name. */
const NAMED_AS_THEY_ARE = new Set([
  'user-to-user',
  'remote-party-id',
  'p-preferred-identity',
  'p-asserted-identity',
  'p-called-party-id',
  'privacy',
  'diversion',
]);
/** The platform's own. */
const RESERVED = /^x-(?:twilio|dialplane)/i;
const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
const ADDRESS = /^(sips?):(?:([^@\s?;<>"]+)@)?(\[[\da-f:.]+\]|[a-z\d.-]+)(?::(\d{1,5}))?((?:;[^\s?<>"]*)?)$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get in.
const CONTROL = /[\u0000-\u001f\u007f]/;

export interface SipAddress {
  uri: string;
  transport: SipTransport;
  headers: [name: string, value: string][];
}

/** TLS unless the URI says otherwise. Throws DocumentError for what cannot be dialled; notes headers that it drops. */
export function readSipUri(element: Element, text: string, reading: Reading): SipAddress {
  const whole = /^sips?:/i.test(text) ? text : `sip:${text}`;
  const mark = whole.indexOf('?');
  const address = mark === -1 ? whole : whole.slice(0, mark);
  const query = mark === -1 ? '' : whole.slice(mark + 1);
  const [, scheme = '', user, host = '', port, parameters = ''] = ADDRESS.exec(address) ?? [];
  if (host === '' || address.length >= MAX_URI_CHARACTERS || Number(port ?? 0) > 65_535) {
    throw reading.refusal(
      CODE.sip.uri,
      element,
      `there is no SIP address in it of less than ${MAX_URI_CHARACTERS} characters, such as sip:alice@example.com.`,
    );
  }
  const { transport, rest } = transportOf(parameters, scheme, element, reading);
  const uri = `${scheme.toLowerCase()}:${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}${rest}`;
  return { uri, transport, headers: readHeaders(element, query, reading) };
}

function transportOf(parameters: string, scheme: string, element: Element, reading: Reading) {
  let transport: SipTransport = 'tls';
  const rest = parameters.split(';').filter(parameter => {
    const [, word] = /^transport=(.*)$/i.exec(parameter) ?? [];
    if (word === undefined) return true;
    const known = SIP_TRANSPORTS.find(each => each === word.toLowerCase());
    if (known === undefined)
      throw reading.refusal(CODE.sip.uri, element, 'its transport is none of udp, tcp and tls.');
    transport = known;
    return false;
  });
  if (scheme.toLowerCase() === 'sips' && transport !== 'tls') {
    throw reading.refusal(CODE.sip.uri, element, 'a sips address is reached by TLS only.');
  }
  return { transport, rest: rest.join(';') };
}

function readHeaders(element: Element, query: string, reading: Reading): SipAddress['headers'] {
  if (query === '') return [];
  if (query.length >= MAX_HEADERS_CHARACTERS) {
    reading.warn(
      CODE.sip.headerLength,
      element,
      `its headers have ${MAX_HEADERS_CHARACTERS} characters or more; they are left out.`,
    );
    return [];
  }
  const headers: SipAddress['headers'] = [];
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    const name = decoded(at === -1 ? pair : pair.slice(0, at));
    const value = decoded(at === -1 ? '' : pair.slice(at + 1));
    if (
      name === undefined ||
      value === undefined ||
      !TOKEN.test(name) ||
      RESERVED.test(name) ||
      CONTROL.test(value)
    ) {
      reading.warn(
        CODE.sip.headerName,
        element,
        'one of its headers has a name or a value that cannot be sent; it is left out.',
      );
      continue;
    }
    headers.push([spelled(name), value]);
  }
  if (headers.length > MAX_HEADERS) {
    reading.warn(CODE.sip.headerLength, element, `only its first ${MAX_HEADERS} headers are sent.`);
  }
  return headers.slice(0, MAX_HEADERS);
}

const spelled = (name: string) =>
  /^x-/i.test(name) || NAMED_AS_THEY_ARE.has(name.toLowerCase()) ? name : `X-${name}`;

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: nobody can say what was meant.
    return undefined;
  }
}
