/** A customer's answer → verbs. */
import { type DocumentRules, documentReader, MARKUP_TYPES } from '../../markup/document.ts';
import { shown } from '../../text.ts';
import { CODE } from './codes.ts';
import { dial } from './dial.ts';
import { dtmf } from './dtmf.ts';
import { getDigits } from './get-digits.ts';
import { hangup } from './hangup.ts';
import { play } from './play.ts';
import { preAnswer } from './pre-answer.ts';
import { redirect } from './redirect.ts';
import { speak } from './speak.ts';
import { wait } from './wait.ts';

export const MAX_DOCUMENT_BYTES = 100 * 1024;

const VERBS: DocumentRules['verbs'] = {
  Speak: speak,
  Play: play,
  Wait: wait,
  DTMF: dtmf,
  Dial: dial,
  GetDigits: getDigits,
  Redirect: redirect,
  Hangup: hangup,
  PreAnswer: preAnswer,
};

/** Elements of the platform that are not there: without these a call would not do what its document says. */
const NOT_YET = new Set('GetInput Record Message Conference MultiPartyCall Stream'.split(' '));

const stranger: DocumentRules['stranger'] = (element, reading) => {
  const { name } = element;
  if (NOT_YET.has(name)) {
    throw reading.refusal(CODE.notSupported, element, 'is not there yet. Use a document without it.');
  }
  const meant = Object.keys(VERBS).find(each => each.toLowerCase() === name.toLowerCase());
  throw reading.refusal(
    CODE.schema,
    { ...element, name: shown(name) },
    meant === undefined ? 'there is no such element.' : `there is no such element; <${meant}> is written so.`,
  );
};

export const parse = documentReader({
  codes: CODE,
  maxBytes: MAX_DOCUMENT_BYTES,
  verbs: VERBS,
  answers: [
    [MARKUP_TYPES.xml, 'markup'],
    [MARKUP_TYPES.html, 'markup'],
    [MARKUP_TYPES.plain, 'markup'],
  ],
  stranger,
});
