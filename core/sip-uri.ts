/** SIP addresses as far as a request's author may write them; what is on the wire is the SIP stack's. */
import { isIPv6 } from 'node:net';
import { headerFault } from './sip-header.ts';
import { SIP_TRANSPORTS, type SipTransport } from './sip-target.ts';

export const MAX_SIP_URI_CHARACTERS = 4_096;

/** Scheme, user part, host, port, parameters, headers (RFC 3261 §19.1.1). */
const SIP_URI =
  /^(sips?):(?:([^@]*)@)?(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?)(?::(\d{1,5}))?((?:;[^?]*)?)(?:\?(.*))?$/is;
/** A `?` could stand there (RFC 3261 §25.1), but not everybody reads it as a part of the user; escaped, everybody does. */
const USER = /^(?:[A-Za-z0-9\-_.!~*'()&=+$,;/]|%[0-9a-f]{2})+$/i;
const PARAMETERS = /^(?:;(?:[A-Za-z0-9\-_.!~*'()[\]/:&+$=]|%[0-9a-f]{2})+)*$/i;
/** Headers of one address. */
export const MAX_URI_HEADERS = 20;
/** They would send the request elsewhere, or make another one of it. */
const REFUSED_PARAMETERS = ['maddr', 'method', 'ttl', 'lr'];

export interface WrittenSipUri {
  /** Without transport and headers. */
  uri: string;
  /** As it was written; undefined when nothing was. */
  transport?: SipTransport;
  /** What follows its question mark, unescaped: headers of the INVITE. */
  headers: [name: string, value: string][];
}

/** A `sip:` or `sips:` address, or else what is wrong with it, as the end of a sentence. */
export function readSipUri(text: string): WrittenSipUri | { fault: string } {
  if (text.length > MAX_SIP_URI_CHARACTERS)
    return { fault: `has more than ${MAX_SIP_URI_CHARACTERS} characters` };
  const [, scheme = '', user, host = '', port, written = '', query = ''] = SIP_URI.exec(text) ?? [];
  if (scheme === '' || (host.startsWith('[') && !isIPv6(host.slice(1, -1))))
    return { fault: 'is no SIP address such as sip:alice@example.com:5060;transport=tcp' };
  if (user?.includes(':')) return { fault: 'has a password in it, which everybody on the way could read' };
  if (user !== undefined && !USER.test(user))
    return { fault: 'has characters before its @ that have to be escaped' };
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
    return { fault: `has the port ${port}; ports are 1 to 65535` };
  if (!PARAMETERS.test(written)) return { fault: 'has parameters that cannot be read' };

  const parameters = written.split(';').slice(1);
  const named = (name: string) => parameters.find(each => nameOf(each) === name);
  const refused = REFUSED_PARAMETERS.find(named);
  if (refused !== undefined) return { fault: `has the parameter ${refused}, which cannot be dialled` };

  const secure = scheme.toLowerCase() === 'sips';
  const asked = named('transport')?.split('=')[1]?.toLowerCase();
  const transport = SIP_TRANSPORTS.find(name => name === (asked ?? (secure ? 'tls' : undefined)));
  if (named('transport') !== undefined && transport === undefined)
    return { fault: `has a transport that is none of ${SIP_TRANSPORTS.join(', ')}` };
  if (secure && transport !== 'tls') return { fault: 'is a sips: address, which goes over tls only' };

  const headers = readHeaders(query);
  if ('fault' in headers) return headers;

  const kept = parameters.filter(each => nameOf(each) !== 'transport').map(each => `;${each}`);
  const uri = `${scheme.toLowerCase()}:${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}${kept.join('')}`;
  return { uri, headers: headers.pairs, ...(transport && { transport }) };
}

function readHeaders(query: string): { pairs: WrittenSipUri['headers'] } | { fault: string } {
  const written = query === '' ? [] : query.split('&');
  if (written.length > MAX_URI_HEADERS) return { fault: `asks for more than ${MAX_URI_HEADERS} headers` };
  const pairs: WrittenSipUri['headers'] = [];
  for (const each of written) {
    const pair = pairOf(each);
    const fault = pair === undefined ? 'has a stray percent sign' : headerFault(...pair);
    if (pair === undefined || fault !== undefined) return { fault: `asks for a header that ${fault}` };
    const [name] = pair;
    if (pairs.some(([other]) => other.toLowerCase() === name.toLowerCase()))
      return { fault: `asks for the header ${name} twice` };
    pairs.push(pair);
  }
  return { pairs };
}

function pairOf(written: string): [name: string, value: string] | undefined {
  const at = written.indexOf('=');
  try {
    return [
      decodeURIComponent(at === -1 ? written : written.slice(0, at)),
      at === -1 ? '' : decodeURIComponent(written.slice(at + 1)),
    ];
  } catch {
    return undefined;
  }
}

const nameOf = (parameter: string) => parameter.split('=')[0]?.toLowerCase();
