import type { Parameters } from '../../../core/call.ts';
import type { Element } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { shown } from '../../text.ts';
import { readSipHeaders } from '../sip-headers.ts';
import { CODE } from './codes.ts';

/** A `sipHeaders` attribute; what is left out of it is noted. */
export function headersIn(element: Element, text: string, reading: Reading): Parameters {
  const { headers, dropped } = readSipHeaders(text);
  for (const pair of dropped) {
    reading.warn(
      CODE.schema,
      element,
      `sipHeaders has "${shown(pair)}", which cannot be sent; it is left out.`,
    );
  }
  return headers;
}

/** What a Dial asks for, and what one of its children does: of two of one name the child's. */
export function merged(ofDial: Parameters, ofChild: Parameters): Parameters {
  return [...new Map([...ofDial, ...ofChild])];
}
