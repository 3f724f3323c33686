/** Addresses in documents: `sip:user@host:port;transport=udp` (RFC 3261 §19.1.1), and the headers that follow a `?`. */
import { SIP_TRANSPORTS, type SipTarget, type SipTransport } from '../../core/sip-target.ts';
import type { Element } from './element.ts';
import type { Reading } from './reading.ts';

export const MAX_URI_CHARACTERS = 255;
export const MAX_HEADERS_CHARACTERS = 1_024;
export const MAX_HEADERS = 20;

const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
const ADDRESS = /^(sips?):(?:([^@\s?;<>"]+)@)?(\[[\da-f:.]+\]|[a-z\d.-]+)(?::(\d{1,5}))?((?:;[^\s?<>"]*)?)$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get in.
const CONTROL = /[\u0000-\u001f\u007f]/;

/** What a dialect has of its own in them. */
export interface AddressRules {
  /** Its numbers of an address that cannot be dialled, and of headers that cannot be sent. */
  codes: { uri: number; headerName: number; headerLength: number; tooManyHeaders?: number };
  /** For an address that names none. */
  transport: SipTransport;
  /** Headers that only the platform sets. */
  reserved: RegExp;
  /** Headers that may be named as they are, in lower case; any other one gets `X-` before its name. */
  plain: ReadonlySet<string>;
  /** A header without an `=` is sent empty, or left out. */
  valueless: 'send' | 'leave-out';
  /** What becomes of headers that are too long: nobody is dialled, or they are left out. */
  tooLong: 'refuse' | 'leave-out';
}

/** A text before its `?`, and what follows that. */
export function halves(text: string): [address: string, query: string] {
  const mark = text.indexOf('?');
  return mark === -1 ? [text, ''] : [text.slice(0, mark), text.slice(mark + 1)];
}

/** Throws DocumentError for what cannot be dialled; notes headers that it drops. */
export function readSipAddress(
  element: Element,
  text: string,
  reading: Reading,
  rules: AddressRules,
): Pick<SipTarget, 'uri' | 'transport' | 'headers'> {
  const [address, query] = halves(/^sips?:/i.test(text) ? text : `sip:${text}`);
  const [, scheme = '', user, host = '', port, parameters = ''] = ADDRESS.exec(address) ?? [];
  if (host === '' || address.length >= MAX_URI_CHARACTERS || Number(port ?? 0) > 65_535) {
    throw reading.refusal(
      rules.codes.uri,
      element,
      `there is no SIP address in it of less than ${MAX_URI_CHARACTERS} characters, such as sip:alice@example.com.`,
    );
  }
  const { transport, rest } = transportOf(parameters, scheme, element, reading, rules);
  const uri = `${scheme.toLowerCase()}:${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}${rest}`;
  return { uri, transport, headers: readHeaders(element, query, reading, rules) };
}

function transportOf(
  parameters: string,
  scheme: string,
  element: Element,
  reading: Reading,
  { codes, transport: usual }: AddressRules,
) {
  const secure = scheme.toLowerCase() === 'sips';
  let transport: SipTransport = secure ? 'tls' : usual;
  const rest = parameters.split(';').filter(parameter => {
    const [, word] = /^transport=(.*)$/i.exec(parameter) ?? [];
    if (word === undefined) return true;
    const known = SIP_TRANSPORTS.find(each => each === word.toLowerCase());
    if (known === undefined)
      throw reading.refusal(codes.uri, element, 'its transport is none of udp, tcp and tls.');
    transport = known;
    return false;
  });
  if (secure && transport !== 'tls')
    throw reading.refusal(codes.uri, element, 'a sips address is reached by TLS only.');
  return { transport, rest: rest.join(';') };
}

/** `name=value&name=value`, percent-decoded once. */
export function readHeaders(
  element: Element,
  query: string,
  reading: Reading,
  { codes, reserved, plain, valueless, tooLong }: AddressRules,
): SipTarget['headers'] {
  if (query === '') return [];
  if (query.length >= MAX_HEADERS_CHARACTERS) {
    const what = `its headers have ${MAX_HEADERS_CHARACTERS} characters or more`;
    if (tooLong === 'refuse') throw reading.refusal(codes.headerLength, element, `${what}.`);
    reading.warn(codes.headerLength, element, `${what}; they are left out.`);
    return [];
  }
  const spelled = (name: string) => (/^x-/i.test(name) || plain.has(name.toLowerCase()) ? name : `X-${name}`);
  const headers: SipTarget['headers'] = [];
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    const name = decoded(at === -1 ? pair : pair.slice(0, at));
    const value = decoded(at === -1 ? '' : pair.slice(at + 1));
    if (
      name === undefined ||
      value === undefined ||
      (at === -1 && valueless === 'leave-out') ||
      !TOKEN.test(name) ||
      reserved.test(spelled(name)) ||
      CONTROL.test(value)
    ) {
      reading.warn(
        codes.headerName,
        element,
        'one of its headers has a name or a value that cannot be sent; it is left out.',
      );
      continue;
    }
    headers.push([spelled(name), value]);
  }
  if (headers.length > MAX_HEADERS) {
    const code = codes.tooManyHeaders ?? codes.headerLength;
    reading.warn(code, element, `only its first ${MAX_HEADERS} headers are sent.`);
  }
  return headers.slice(0, MAX_HEADERS);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: nobody can say what was meant.
    return undefined;
  }
}
