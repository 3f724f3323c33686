import { isAll, TOKEN } from '../grammar/characters.ts';
import type { Headers } from './headers.ts';
import { type SipMessage, SipRequest, SipResponse } from './message.ts';

/** What is wrong with a text, where in it, and which status says so. */
export interface Fault {
  readonly reason: string;
  readonly index: number;
  readonly status?: number;
}

/** A start line that was read: how to make its message, and what was wrong with it. */
export interface StartLine {
  /** Absent where too little of the line could be read. */
  readonly make?: (headers: Headers, body: Uint8Array) => SipMessage;
  readonly fault?: Fault;
}

const requestLine = /^([\w\-.!%*+`'~]+) ([^\s\0]+) SIP\/2\.0$/i;
const statusLine = /^SIP\/2\.0 ([1-6]\d\d)(?: ([^\0\r\n]*))?$/i;

/** Reads a Request-Line or a Status-Line (RFC 3261 §7.1, §7.2): single spaces, nothing before or after. */
export function readStartLine(line: string): StartLine {
  const request = requestLine.exec(line);
  if (request !== null) {
    const [, method, uri] = request as unknown as [string, string, string];
    return { make: (headers, body) => new SipRequest(method, uri, headers, body) };
  }
  const status = statusLine.exec(line);
  if (status !== null) {
    const [, code, reason = ''] = status;
    return { make: (headers, body) => new SipResponse(Number(code), reason, headers, body) };
  }
  return /^SIP\//i.test(line) ? { fault: faultOfStatusLine(line) } : brokenRequestLine(line);
}

function faultOfStatusLine(line: string): Fault {
  if (!/^SIP\/2\.0 /i.test(line))
    return { reason: 'The version of the response is not SIP/2.0', index: 4, status: 505 };
  const control = /[\0\r\n]/.exec(line);
  if (control !== null)
    return { reason: 'The reason phrase contains a control character', index: control.index };
  return { reason: 'A status code has three digits and is from 100 to 699', index: 8 };
}

/** Says what is wrong, and makes what it can of the line for the response that refuses it. */
function brokenRequestLine(line: string): StartLine {
  const [method = '', uri = ''] = line.trim().split(/[\s\0]+/);
  const fault = faultOfRequestLine(line, method);
  if (!isAll(TOKEN, method) || uri === '') return { fault };
  return { fault, make: (headers, body) => new SipRequest(method, uri, headers, body) };
}

function faultOfRequestLine(line: string, method: string): Fault {
  const trimmed = line.trimEnd();
  const versionAt = trimmed.lastIndexOf(' ') + 1;
  const odd = trimmed.slice(versionAt);
  if (/^SIP\/\d+\.\d+$/i.test(odd) && odd.toUpperCase() !== 'SIP/2.0') {
    return { reason: 'The version of the request is not SIP/2.0', index: versionAt, status: 505 };
  }
  if (!isAll(TOKEN, method)) return { reason: 'A request line must begin with a method', index: 0 };
  const gap = /^\s|\s\s|\s$|[^\S ]/.exec(line);
  if (gap !== null) return { reason: 'A request line has exactly two spaces', index: gap.index };
  if (odd.toUpperCase() !== 'SIP/2.0')
    return { reason: 'A request line must end in SIP/2.0', index: versionAt };
  return { reason: 'The Request-URI contains white space or a control character', index: method.length + 1 };
}
