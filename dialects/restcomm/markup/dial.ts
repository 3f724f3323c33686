import { E164 } from '../../../core/destination.ts';
import { DEFAULT_TIME_LIMIT_SECONDS, MAX_DIAL_TARGETS } from '../../../core/limits.ts';
import type { Dial, DialTarget } from '../../../core/verb.ts';
import { DocumentError } from '../../dialect.ts';
import {
  type Attribute,
  flag,
  method,
  missing,
  readAttributes,
  text,
  whole,
} from '../../markup/attributes.ts';
import { type Element, elementsOf, textOf } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { shown, tidyNumber } from '../../text.ts';
import { clientTarget, readClient } from './client.ts';
import { CODE } from './codes.ts';
import { numberTarget, readNumber } from './number.ts';
import { readSip, sipTarget } from './sip.ts';
import { readUri } from './uri.ts';

export const DEFAULT_TIMEOUT_SECONDS = 30;
export const MAX_TIMEOUT_SECONDS = 600;

const SHOWN = /^[A-Za-z\d+\-_.]{1,64}$/;

/** A number, `client:alice`, a SIP user or a SIP address: what the From's user is to be. */
const callerId: Attribute<string | undefined> = {
  takes: 'a number, the name of a client, a SIP user or a SIP address',
  read: written => callerOf(written),
  otherwise: undefined,
  code: CODE.dial.callerId,
  strict: true,
};

export function callerOf(written: string): string | undefined {
  const user = written
    .trim()
    .replace(/^(?:sips?|client):/i, '')
    .replace(/@.*$/s, '');
  const tidy = tidyNumber(user);
  return SHOWN.test(tidy) ? tidy : undefined;
}

export const DIAL_ATTRIBUTES = {
  action: text(''),
  method: method(CODE.dial.method),
  timeout: whole(CODE.dial.timeout, DEFAULT_TIMEOUT_SECONDS, [1, MAX_TIMEOUT_SECONDS], ' of seconds'),
  timeLimit: whole(
    CODE.dial.timeLimit,
    DEFAULT_TIME_LIMIT_SECONDS,
    [1, DEFAULT_TIME_LIMIT_SECONDS],
    ' of seconds',
  ),
  callerId,
  hangupOnStar: flag(CODE.schema, false),
  record: missing(
    CODE.notSupported,
    /^(?:|false)$/i,
    'has no effect: recording is not there yet, and the call is not recorded.',
  ),
  dialMusic: missing(
    CODE.notSupported,
    /^$/,
    'has no effect: the caller hears the ring tone of the voice service.',
  ),
} as const;

type NounReader = (noun: Element, reading: Reading) => DialTarget;

const NOUNS: Readonly<Record<string, NounReader>> = {
  Sip: readSip,
  Client: readClient,
  Number: readNumber,
  Uri: readUri,
};

/** Rings everybody in it at once, and joins the first that answers with the caller. */
export const dial: VerbReader = {
  read(element, reading): Dial {
    const values = readAttributes(element, DIAL_ATTRIBUTES, reading);
    const { action } = values;
    return {
      verb: 'Dial',
      targets: targetsOf(element, values.callerId, reading),
      order: 'together',
      answerFirst: true,
      ...(values.callerId !== undefined && { callerId: values.callerId }),
      timeoutSeconds: values.timeout,
      timeLimitSeconds: values.timeLimit,
      hangupOnStar: values.hangupOnStar,
      // The first that answers is the only one, whatever its screening comes to.
      othersDuringScreening: 'cancel',
      ...(action.trim() !== '' && {
        action: { url: reading.resolve(element, 'action', action), method: values.method },
      }),
      answer: 'document',
      afterwards: 'continue',
    };
  },
  leaves: verb => verb.verb === 'Dial' && verb.action !== undefined,
};

/** Those that can be dialled. Of the others it is noted why not; with nobody left the Dial fails. */
function targetsOf(element: Element, shownAs: string | undefined, reading: Reading): DialTarget[] {
  const readers = readersOf(element, reading);
  if (readers.length > MAX_DIAL_TARGETS) {
    reading.warn(CODE.dial.leg, element, `only the first ${MAX_DIAL_TARGETS} in it are dialled.`);
  }
  return readers.slice(0, MAX_DIAL_TARGETS).flatMap(([noun, read]) => {
    try {
      const target = read(noun, reading);
      assertShowable(noun, target, shownAs, reading);
      return [target];
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      reading.goOnWithout(error, 'It is not dialled.');
      return [];
    }
  });
}

/** Text in a Dial takes the place of its nouns. */
function readersOf(element: Element, reading: Reading): [noun: Element, read: NounReader][] {
  const loose = textOf(element);
  if (loose !== '') return [[element, (noun, on) => plainTarget(noun, loose, on)]];
  const nouns = elementsOf(element);
  const conference = nouns.find(({ name }) => name === 'Conference');
  if (conference !== undefined) {
    reading.warn(CODE.notSupported, conference, 'conferences are not there yet, and nobody else is dialled.');
    return [];
  }
  return nouns.flatMap(noun => {
    const read = Object.hasOwn(NOUNS, noun.name) ? NOUNS[noun.name] : undefined;
    if (read !== undefined) return [[noun, read] as [Element, NounReader]];
    reading.warn(CODE.schema, element, `there is no noun ${shown(noun.name)}; it is ignored.`);
    return [];
  });
}

/** A text that says by itself what it is: an address, a client or a number. Throws DocumentError. */
export function plainTarget(element: Element, written: string, reading: Reading): DialTarget {
  if (written.includes('@')) return sipTarget(element, written, reading);
  if (/^client/i.test(written)) return clientTarget(element, written, reading);
  return numberTarget(element, written, reading);
}

/** What stood in for a name would show a telephone what the document meant to hide. */
function assertShowable(
  noun: Element,
  target: DialTarget,
  shownAs: string | undefined,
  reading: Reading,
): void {
  if (target.kind !== 'number' || shownAs === undefined || E164.test(shownAs)) return;
  if (!E164.test(target.number)) return;
  throw reading.refusal(
    CODE.dial.callerId,
    noun,
    `callerId is "${shown(shownAs)}", but a telephone is shown one of your numbers in E.164 form.`,
  );
}
