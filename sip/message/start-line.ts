import { isAll, TOKEN } from '../grammar/characters.ts';
import type { Headers } from './headers.ts';
import { type SipMessage, SipRequest, SipResponse } from './message.ts';

/** What is wrong with a text, where in it, and which status says so. */
export interface Fault {
  readonly reason: string;
  readonly index: number;
  readonly status?: number;
}

/** What a start line says: a request's where it has a method, else a response's. */
export interface StartLine {
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  readonly reason: string;
}

const requestLine = /^[\w\-.!%*+`'~]+ [^\s\0]+ SIP\/2\.0$/i;
const statusLine = /^SIP\/2\.0 [1-6]\d\d(?: [^\0\r\n]*)?$/i;

const CODE_AT = 'SIP/2.0 '.length;
const REASON_AT = 'SIP/2.0 200 '.length;
const VERSION_LENGTH = ' SIP/2.0'.length;

/**
 * Reads a Request-Line or a Status-Line (RFC 3261 §7.1, §7.2): single spaces, nothing before or after. Of a broken
 * one it gives what is needed for the response that refuses it, or nothing where too little could be read.
 */
export function readStartLine(line: string, faults: Fault[]): StartLine | undefined {
  if (requestLine.test(line)) {
    const space = line.indexOf(' ');
    return requestStart(line.slice(0, space), line.slice(space + 1, line.length - VERSION_LENGTH));
  }
  if (statusLine.test(line)) {
    const status = Number(line.slice(CODE_AT, CODE_AT + 3));
    return { method: '', uri: '', status, reason: line.slice(REASON_AT) };
  }
  if (!/^SIP\//i.test(line)) return readBrokenRequestLine(line, faults);
  faults.push(faultOfStatusLine(line));
  return undefined;
}

const requestStart = (method: string, uri: string): StartLine => ({ method, uri, status: 0, reason: '' });

/** The message that begins so. */
export const messageOf = (
  { method, uri, status, reason }: StartLine,
  headers: Headers,
  body: Uint8Array,
): SipMessage =>
  method === '' ? new SipResponse(status, reason, headers, body) : new SipRequest(method, uri, headers, body);

function faultOfStatusLine(line: string): Fault {
  if (!/^SIP\/2\.0 /i.test(line))
    return { reason: 'The version of the response is not SIP/2.0', index: 4, status: 505 };
  const control = /[\0\r\n]/.exec(line);
  if (control !== null)
    return { reason: 'The reason phrase contains a control character', index: control.index };
  return { reason: 'A status code has three digits and is from 100 to 699', index: 8 };
}

function readBrokenRequestLine(line: string, faults: Fault[]): StartLine | undefined {
  const [method = '', uri = ''] = line.trim().split(/[\s\0]+/);
  faults.push(faultOfRequestLine(line, method));
  return isAll(TOKEN, method) && uri !== '' ? requestStart(method, uri) : undefined;
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
