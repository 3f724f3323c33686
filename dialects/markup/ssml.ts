/** Speech markup inside `<Say>`: made safe, and cut into parts that the voice service takes. */
import { type Element, isText } from './element.ts';
import type { Reading } from './reading.ts';

/** The longest part: below the 1,000 characters of one Speak, with room for `<speak>` around it. */
export const MAX_PART_CHARACTERS = 900;
export const MAX_BREAK_MS = 10_000;

interface Markup {
  /** Attributes and what they take. */
  attributes: Readonly<Record<string, RegExp>>;
  /** Without one of these it says nothing, and Polly would refuse the whole. */
  needs?: readonly string[];
  /** What it says is one thing: it cannot be cut. */
  whole?: true;
  /** Neural voices do not know it. */
  standardOnly?: true;
}

const ANY = /^[^<]*$/s;

/** The elements and attributes of Amazon Polly that `<Say>` may hold. */
export const SSML: Readonly<Record<string, Markup>> = {
  break: {
    attributes: {
      strength: /^(?:none|x-weak|weak|medium|strong|x-strong)$/,
      time: /^\d{1,5}(?:\.\d{1,3})?(?:s|ms)$/,
    },
    whole: true,
  },
  emphasis: { attributes: { level: /^(?:strong|moderate|reduced)$/ }, standardOnly: true },
  lang: {
    attributes: { 'xml:lang': /^[A-Za-z]{2,3}(?:-[A-Za-z]{2,3}){0,2}$/ },
    needs: ['xml:lang'],
  },
  p: { attributes: {} },
  phoneme: { attributes: { alphabet: /^(?:ipa|x-sampa)$/, ph: ANY }, needs: ['ph'], whole: true },
  prosody: {
    attributes: {
      volume: /^(?:default|silent|x-soft|soft|medium|loud|x-loud|[+-]\d{1,3}(?:\.\d+)?dB)$/,
      rate: /^(?:x-slow|slow|medium|fast|x-fast|\d{1,3}%)$/,
      pitch: /^(?:default|x-low|low|medium|high|x-high|[+-]\d{1,3}(?:\.\d+)?%)$/,
    },
    needs: ['volume', 'rate', 'pitch'],
  },
  s: { attributes: {} },
  'say-as': {
    attributes: { 'interpret-as': /^[a-z-]{1,30}$/, format: /^[a-z]{1,10}$/ },
    needs: ['interpret-as'],
    whole: true,
  },
  sub: { attributes: { alias: ANY }, needs: ['alias'], whole: true },
  w: { attributes: { role: /^[a-z:]{1,40}$/i }, needs: ['role'], whole: true },
};

export interface SsmlOptions {
  neural: boolean;
  /** Characters of text that may still be said. */
  budget: number;
  /** The dialect's number for markup that is left out. */
  code: number;
}

/** The parts of an element's content: each well-formed by itself. Texts past the budget are left out. */
export function ssmlParts(
  say: Element,
  reading: Reading,
  options: SsmlOptions,
): { parts: string[]; tooLong: boolean } {
  const writer = new Writer(say, reading, options);
  const parts = writer.contentOf(say, MAX_PART_CHARACTERS);
  return { parts, tooLong: writer.tooLong };
}

class Writer {
  tooLong = false;
  #budget: number;
  readonly #say: Element;
  readonly #reading: Reading;
  readonly #neural: boolean;
  readonly #code: number;

  constructor(say: Element, reading: Reading, { neural, budget, code }: SsmlOptions) {
    this.#say = say;
    this.#reading = reading;
    this.#neural = neural;
    this.#code = code;
    this.#budget = budget;
  }

  contentOf(element: Element, limit: number): string[] {
    return element.children.flatMap(child =>
      isText(child) ? this.#text(child, limit) : this.#element(child, limit),
    );
  }

  #text(text: string, limit: number): string[] {
    const spaced = text.replace(/\s+/g, ' ');
    const said = spaced.slice(0, this.#budget).toWellFormed();
    if (said.length < spaced.length) this.tooLong = true;
    this.#budget -= said.length;
    return split(said, limit);
  }

  #element(element: Element, limit: number): string[] {
    const markup = Object.hasOwn(SSML, element.name) ? SSML[element.name] : undefined;
    const written = markup === undefined ? {} : this.#attributes(element, markup);
    const open = `<${element.name}${Object.values(written).join('')}>`;
    const close = `</${element.name}>`;
    const room = limit - open.length - close.length;
    const objection = objectionTo(markup, written, room, this.#neural);
    if (objection !== undefined) {
      this.#warn(element, `${objection}; what is in it is said without it.`);
      return this.contentOf(element, limit);
    }
    const content = this.contentOf(element, room);
    const all = content.join('');
    if (all === '') return [`${open.slice(0, -1)}/>`];
    if (all.length <= room) return [open + all + close];
    if (!markup?.whole) return content.map(part => open + part + close);
    this.#warn(element, 'is too long to be said as one; what is in it is said without it.');
    return content;
  }

  /** The attributes that may be written, as they are written. */
  #attributes(element: Element, { attributes }: Markup): Record<string, string> {
    const written: Record<string, string> = {};
    for (const [name, value] of Object.entries(element.attributes)) {
      const allowed = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
      if (!allowed?.test(value)) {
        this.#warn(element, `does not take this ${name.slice(0, 40)}; it is left out.`);
      } else if (name !== 'pitch' || !this.#neural) {
        written[name] = ` ${name}="${escapeXml(atMostTenSeconds(name, value))}"`;
      }
    }
    return written;
  }

  #warn(element: Element, sentence: string): void {
    this.#reading.warn(
      this.#code,
      this.#say,
      `<${element.name.slice(0, 40)}> in line ${element.line} ${sentence}`,
    );
  }
}

/** Why an element cannot be passed on; undefined when it can. */
function objectionTo(
  markup: Markup | undefined,
  written: Record<string, string>,
  room: number,
  neural: boolean,
): string | undefined {
  if (markup === undefined) return 'is no speech markup';
  if (markup.standardOnly && neural) return 'is unknown to neural voices';
  if (room < MIN_ROOM) return 'has too long a tag';
  const { needs } = markup;
  return needs === undefined || needs.some(name => name in written)
    ? undefined
    : `needs ${needs.join(' or ')}`;
}

/** Room that an element has to leave for what it says. */
const MIN_ROOM = 200;

/** A break may last ten seconds. */
function atMostTenSeconds(name: string, value: string): string {
  if (name !== 'time') return value;
  const ms = value.endsWith('ms') ? Number(value.slice(0, -2)) : Number(value.slice(0, -1)) * 1000;
  return ms > MAX_BREAK_MS ? `${MAX_BREAK_MS}ms` : value;
}

/** Text → escaped pieces of at most `limit` characters, cut at spaces where there are any. */
function split(text: string, limit: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const word of text.match(/ ?[^ ]{1,100}| /gu) ?? []) {
    const escaped = escapeXml(word);
    if (piece.length + escaped.length > limit && piece !== '') {
      pieces.push(piece);
      piece = '';
    }
    piece += escaped;
  }
  return piece === '' ? pieces : [...pieces, piece];
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, mark => ESCAPES[mark] ?? mark);
}
