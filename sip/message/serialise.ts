import { encodeText } from '../grammar/text.ts';
import { headerName } from '../header/names.ts';
import type { SipMessage } from './message.ts';

const contentLength = headerName('Content-Length');

/**
 * The bytes of a message. Fields that were parsed are written byte for byte as they stood. Content-Length is made to
 * agree with the body, and added where it is missing (RFC 3261 §18.3, §20.14).
 */
export function serialise(message: SipMessage): Buffer {
  const { body } = message;
  let head = `${message.startLine}\r\n`;
  let counted = false;
  for (const field of message.headers.fields) {
    if (field.header !== contentLength) head += field.line;
    else if (!counted) {
      counted = true;
      head += Number(field.value) === body.length ? field.line : `Content-Length: ${body.length}\r\n`;
    }
  }
  head += counted ? '\r\n' : `Content-Length: ${body.length}\r\n\r\n`;
  return encodeText(head, body);
}
