/** A customer's answer → verbs. */
import {
  type DocumentRules,
  documentReader,
  MARKUP_TYPES,
  playIt,
  refuseStranger,
} from '../../markup/document.ts';
import { CODE } from './codes.ts';
import { dial } from './dial.ts';
import { gather } from './gather.ts';
import { hangup } from './hangup.ts';
import { pause } from './pause.ts';
import { play } from './play.ts';
import { redirect } from './redirect.ts';
import { reject } from './reject.ts';
import { say } from './say.ts';

export const MAX_DOCUMENT_BYTES = 64 * 1024;

const VERBS: DocumentRules['verbs'] = {
  Say: say,
  Play: play,
  Pause: pause,
  Gather: gather,
  Dial: dial,
  Redirect: redirect,
  Hangup: hangup,
  Reject: reject,
};

/** Verbs of the platforms that are not there. Without these a call would not do what its document says… */
const NOT_YET = new Set(
  (
    'Record Enqueue Leave Connect Start Stop Stream Refer Sms Message Pay Prompt Queue Conference Echo AI ' +
    'Siprec Transcription VirtualAgent'
  ).split(' '),
);
/** …without these it does. */
const DISPENSABLE = new Set(['Denoise']);

const stranger: DocumentRules['stranger'] = (element, reading) => {
  if (DISPENSABLE.has(element.name)) {
    reading.warn(CODE.notSupported, element, 'is not there yet; the call goes on without it.');
    return;
  }
  refuseStranger(element, reading, { verbs: VERBS, notYet: NOT_YET, kind: 'verb' });
};

export const parse = documentReader({
  codes: CODE,
  maxBytes: MAX_DOCUMENT_BYTES,
  verbs: VERBS,
  answers: [
    [MARKUP_TYPES.xml, 'markup'],
    [MARKUP_TYPES.html, 'markup'],
    [MARKUP_TYPES.plain, 'markup'],
    [MARKUP_TYPES.audio, playIt],
  ],
  stranger,
});
