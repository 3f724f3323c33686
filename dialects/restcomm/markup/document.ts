/** A customer's answer → verbs. */
import {
  type AnswerReader,
  type DocumentRules,
  documentReader,
  MARKUP_TYPES,
  playIt,
} from '../../markup/document.ts';
import { plainParts } from '../../markup/said.ts';
import { voiceOf } from '../../markup/voices.ts';
import { mendAmpersands } from '../../markup/xml.ts';
import { shown } from '../../text.ts';
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

/** Verbs of the platform that are not there. It skips what it cannot carry out, and so do we. */
const NOT_YET = new Set(
  'Record Enqueue Leave Refer Hold Resume Sms Message Email Fax Language UssdMessage UssdCollect'.split(' '),
);

const stranger: DocumentRules['stranger'] = (element, reading) => {
  const { name } = element;
  const [code, what] = NOT_YET.has(name)
    ? [CODE.notSupported, 'is not there yet; it is skipped.']
    : [CODE.schema, 'there is no such verb (names are case-sensitive); it is skipped.'];
  reading.warn(code, { ...element, name: shown(name) }, what);
};

/** A text is said, and the call ends. */
const sayIt: AnswerReader = ({ body }) => ({
  verbs: [{ verb: 'Say', parts: plainParts(body.trim()).parts, ...voiceOf('man', undefined).voice, loop: 1 }],
  notifications: [],
});

export const parse = documentReader({
  codes: CODE,
  maxBytes: MAX_DOCUMENT_BYTES,
  verbs: VERBS,
  answers: [
    [MARKUP_TYPES.xml, 'markup'],
    [MARKUP_TYPES.html, 'markup'],
    [MARKUP_TYPES.plain, sayIt],
    [MARKUP_TYPES.audio, playIt],
  ],
  empty: 'ends',
  stranger,
  mend: mendAmpersands,
});
