/** A customer's answer → verbs. */
import type { Verb } from '../../../core/verb.ts';
import { DocumentError, type Documents, type ParsedDocument } from '../../dialect.ts';
import { shown } from '../text.ts';
import { CODE } from './codes.ts';
import { dial } from './dial.ts';
import { type Element, elementsOf } from './element.ts';
import { hangup } from './hangup.ts';
import { pause } from './pause.ts';
import { play } from './play.ts';
import { Reading } from './reading.ts';
import { redirect } from './redirect.ts';
import { reject } from './reject.ts';
import { say } from './say.ts';
import type { VerbReader } from './verb.ts';
import { parseXml } from './xml.ts';

export const MAX_DOCUMENT_BYTES = 64 * 1024;
export const MAX_VERBS = 500;
/** What the verbs of a document may come to once its URLs are absolute: a session is kept in one item of 400 kB. */
export const MAX_VERB_CHARACTERS = 150_000;

const VERBS: Readonly<Record<string, VerbReader>> = {
  Say: say,
  Play: play,
  Pause: pause,
  Dial: dial,
  Redirect: redirect,
  Hangup: hangup,
  Reject: reject,
};

/** Verbs of the platforms that are not there. Without these a call would not do what its document says… */
const NOT_YET = new Set(
  (
    'Gather Record Enqueue Leave Connect Start Stop Stream Refer Sms Message Pay Prompt Queue Conference Echo AI ' +
    'Siprec Transcription VirtualAgent'
  ).split(' '),
);
/** …without these it does. */
const DISPENSABLE = new Set(['Denoise']);

type Reader = (source: Parameters<Documents['parse']>[0]) => ParsedDocument;

const markup: Reader = ({ body, url, nowMs }) =>
  readMarkup(body, new Reading({ nowMs, ...(url !== undefined && { url }) }));

/** What an answer's media type makes of it. */
const READERS: readonly [mediaType: RegExp, read: Reader][] = [
  [/^(?:text|application)\/(?:[\w.-]+\+)?xml$/, markup],
  [/^text\/(?:html|plain)$/, markup],
  [
    /^audio\//,
    ({ url = '' }) => ({ verbs: [{ verb: 'Play', url, loop: 1 }, { verb: 'Hangup' }], notifications: [] }),
  ],
];

/** Throws DocumentError, and nothing else, for whatever a customer's server answers. */
export const parse: Documents['parse'] = source => {
  const { body, contentType, url } = source;
  if (body.length > MAX_DOCUMENT_BYTES) {
    throw new DocumentError(
      CODE.tooLarge,
      `The document is larger than ${MAX_DOCUMENT_BYTES} bytes. Send a shorter one.`,
    );
  }
  if (body.trim() === '') {
    throw new DocumentError(CODE.empty, 'The answer is empty. Answer with a document, at least <Response/>.');
  }
  if (url === undefined && contentType === undefined) return markup(source);
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const [, reader] = READERS.find(([pattern]) => pattern.test(mediaType)) ?? [];
  if (reader !== undefined) return reader(source);
  throw new DocumentError(
    CODE.contentType,
    `The answer's Content-Type is ${mediaType === '' ? 'missing' : `"${shown(mediaType)}"`}. Send documents as application/xml, audio as audio/….`,
  );
};

function readMarkup(body: string, reading: Reading): ParsedDocument {
  if (body.includes('\ufffd')) {
    throw new DocumentError(CODE.notXml, 'The document has bytes that are not UTF-8. Send UTF-8.');
  }
  const root = parseXml(body);
  if (root.name !== 'Response') {
    throw new DocumentError(
      CODE.root,
      `The document's root element is <${shown(root.name)}>, but has to be <Response> (names are case-sensitive).`,
    );
  }
  const verbs: Verb[] = [];
  for (const element of elementsOf(root)) {
    const reader = readerOf(element, reading);
    const verb = reader?.read(element, reading);
    if (reader === undefined || verb === undefined) continue;
    if (verbs.push(verb) > MAX_VERBS) {
      throw new DocumentError(
        CODE.tooLarge,
        `The document has more than ${MAX_VERBS} verbs. Go on with a Redirect.`,
      );
    }
    if (reader.leaves?.(verb)) break;
  }
  requireRoom(verbs, body, reading);
  return { verbs, notifications: reading.notifications };
}

function readerOf(element: Element, reading: Reading): VerbReader | undefined {
  const { name } = element;
  if (Object.hasOwn(VERBS, name)) return VERBS[name];
  if (DISPENSABLE.has(name)) {
    reading.warn(CODE.notSupported, element, 'is not there yet; the call goes on without it.');
    return undefined;
  }
  if (NOT_YET.has(name)) {
    throw reading.refusal(CODE.notSupported, element, 'is not there yet. Use a document without it.');
  }
  const meant = Object.keys(VERBS).find(each => each.toLowerCase() === name.toLowerCase());
  throw reading.refusal(
    CODE.schema,
    { ...element, name: shown(name) },
    meant === undefined ? 'there is no such verb.' : `there is no such verb; <${meant}> is written so.`,
  );
}

/** Verbs are about as long as their document, unless many short URLs were made absolute by a long one. */
function requireRoom(verbs: readonly Verb[], body: string, reading: Reading): void {
  if (verbs.length * 200 + body.length * 2 + reading.resolved * 2_048 <= MAX_VERB_CHARACTERS) return;
  if (JSON.stringify(verbs).length <= MAX_VERB_CHARACTERS) return;
  throw new DocumentError(
    CODE.tooLarge,
    'The document comes to more than a call can keep once its URLs are absolute. Use shorter ones, or go on with a Redirect.',
  );
}
