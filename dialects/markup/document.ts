/** A customer's answer → verbs, by the rules of a dialect. */
import type { Verb } from '../../core/verb.ts';
import { DocumentError, type Documents, type ParsedDocument } from '../dialect.ts';
import { shown } from '../text.ts';
import { type Element, elementsOf } from './element.ts';
import type { FaultCodes } from './faults.ts';
import { Reading } from './reading.ts';
import type { VerbReader } from './verb.ts';
import { parseXml } from './xml.ts';

export const MAX_VERBS = 500;
/** What the verbs of a document may come to once its URLs are absolute: a session is kept in one item of 400 kB. */
export const MAX_VERB_CHARACTERS = 150_000;

type Source = Parameters<Documents['parse']>[0];
/** One kind of answer → verbs. Throws DocumentError. */
export type AnswerReader = (source: Source) => ParsedDocument;

/** What a dialect's documents are made of. */
export interface DocumentRules {
  readonly codes: FaultCodes;
  readonly maxBytes: number;
  readonly verbs: Readonly<Record<string, VerbReader | VerbReader<Verb[]>>>;
  /** Its answers by their media type; the first that fits is taken. Markup is `application/xml` and the like. */
  readonly answers: readonly [mediaType: RegExp, read: AnswerReader | 'markup'][];
  /** An element that is none of its verbs: throws DocumentError, or notes it and goes on. */
  stranger(element: Element, reading: Reading): void;
  /** An empty answer is a document without verbs, or else an error. */
  empty?: 'ends';
  /** What is mended in a text before it is read as XML. */
  mend?(text: string): string;
}

/** Any XML, and texts that may well be some. */
export const MARKUP_TYPES = {
  xml: /^(?:text|application)\/(?:[\w.-]+\+)?xml$/,
  html: /^text\/html$/,
  plain: /^text\/plain$/,
  audio: /^audio\//,
} as const;

/** Plays what came, and hangs up. */
export const playIt: AnswerReader = ({ url = '' }) => ({
  verbs: [{ verb: 'Play', url, loop: 1 }, { verb: 'Hangup' }],
  notifications: [],
});

/** A dialect's `parse`. It throws DocumentError, and nothing else, for whatever a customer's server answers. */
export function documentReader(rules: DocumentRules): Documents['parse'] {
  const { codes, maxBytes } = rules;
  return source => {
    const { body, contentType, url } = source;
    if (body.length > maxBytes) {
      throw new DocumentError(
        codes.tooLarge,
        `The document is larger than ${maxBytes} bytes. Send a shorter one.`,
      );
    }
    if (body.trim() === '') {
      if (rules.empty === 'ends') return { verbs: [], notifications: [] };
      throw new DocumentError(
        codes.empty,
        'The answer is empty. Answer with a document, at least <Response/>.',
      );
    }
    const markup: AnswerReader = () => readMarkup(source, rules);
    if (url === undefined && contentType === undefined) return markup(source);
    const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
    const [, reader] = rules.answers.find(([pattern]) => pattern.test(mediaType)) ?? [];
    if (reader !== undefined) return (reader === 'markup' ? markup : reader)(source);
    throw new DocumentError(
      codes.contentType,
      `The answer's Content-Type is ${mediaType === '' ? 'missing' : `"${shown(mediaType)}"`}. Send documents as application/xml, audio as audio/….`,
    );
  };
}

function readMarkup({ body, url, nowMs }: Source, rules: DocumentRules): ParsedDocument {
  const { codes, mend = (text: string) => text } = rules;
  const reading = new Reading({ nowMs, codes, ...(url !== undefined && { url }) });
  if (body.includes('\ufffd')) {
    throw new DocumentError(codes.notXml, 'The document has bytes that are not UTF-8. Send UTF-8.');
  }
  const root = parseXml(mend(body), codes);
  if (root.name !== 'Response') {
    throw new DocumentError(
      codes.root,
      `The document's root element is <${shown(root.name)}>, but has to be <Response> (names are case-sensitive).`,
    );
  }
  const verbs = readVerbs(elementsOf(root), rules, reading);
  requireRoom(verbs, body, reading);
  return { verbs, notifications: reading.notifications };
}

function readVerbs(elements: readonly Element[], rules: DocumentRules, reading: Reading): Verb[] {
  const verbs: Verb[] = [];
  for (const element of elements) {
    const reader = Object.hasOwn(rules.verbs, element.name) ? rules.verbs[element.name] : undefined;
    if (reader === undefined) rules.stranger(element, reading);
    const read = reader?.read(element, reading) ?? [];
    const added = Array.isArray(read) ? read : [read];
    if (verbs.push(...added) > MAX_VERBS) {
      throw new DocumentError(
        rules.codes.tooLarge,
        `The document has more than ${MAX_VERBS} verbs. Go on with a Redirect.`,
      );
    }
    if (added.some(verb => reader?.leaves?.(verb))) break;
  }
  return verbs;
}

/** Verbs are about as long as their document, unless many short URLs were made absolute by a long one. */
function requireRoom(verbs: readonly Verb[], body: string, reading: Reading): void {
  if (verbs.length * 200 + body.length * 2 + reading.resolved * 2_048 <= MAX_VERB_CHARACTERS) return;
  if (JSON.stringify(verbs).length <= MAX_VERB_CHARACTERS) return;
  throw new DocumentError(
    reading.codes.tooLarge,
    'The document comes to more than a call can keep once its URLs are absolute. Use shorter ones, or go on with a Redirect.',
  );
}

/** Refuses an element that is none of a dialect's: one that is not there yet, or that there is not; a misspelled one is put right. */
export function refuseStranger(
  element: Element,
  reading: Reading,
  { verbs, notYet, kind }: { verbs: DocumentRules['verbs']; notYet: ReadonlySet<string>; kind: string },
): never {
  const { name } = element;
  const { notSupported, schema } = reading.codes;
  if (notYet.has(name))
    throw reading.refusal(notSupported, element, 'is not there yet. Use a document without it.');
  const meant = Object.keys(verbs).find(each => each.toLowerCase() === name.toLowerCase());
  throw reading.refusal(
    schema,
    { ...element, name: shown(name) },
    meant === undefined ? `there is no such ${kind}.` : `there is no such ${kind}; <${meant}> is written so.`,
  );
}
