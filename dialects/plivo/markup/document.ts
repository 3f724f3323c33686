/** A customer's answer → verbs. */
import { type DocumentRules, documentReader, MARKUP_TYPES, refuseStranger } from '../../markup/document.ts';
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

const stranger: DocumentRules['stranger'] = (element, reading) =>
  refuseStranger(element, reading, { verbs: VERBS, notYet: NOT_YET, kind: 'element' });

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
