/** XML 1.0 as strictly as the standard has it, and nothing of it that could expand, load or nest without end. */
import { SaxesParser, type XMLDecl } from 'saxes';
import { DocumentError } from '../dialect.ts';
import type { Element } from './element.ts';
import type { FaultCodes } from './faults.ts';

export const MAX_DEPTH = 32;
const MAX_REASON_CHARACTERS = 200;

/**
 * The root element. Throws DocumentError with the line and column of what is wrong.
 *
 * No more than six handlers: with eight, the parser object outgrows the engine's fast layout, and a document takes
 * 29 µs instead of 5.
 */
export function parseXml(text: string, codes: FaultCodes): Element {
  const parser = new SaxesParser<{ xmlns: false }>({ xmlns: false });
  const open: Element[] = [];
  let root: Element | undefined;
  let line = 1;

  parser.on('doctype', () => {
    throw new DocumentError(
      codes.notXml,
      `The document has a DOCTYPE${place(parser.line, parser.column)}. Documents need none: remove it, and make sure that this is no HTML page.`,
    );
  });
  parser.on('opentagstart', () => {
    // A line break that ends the name has been counted already.
    line = parser.columnIndex === 0 ? parser.line - 1 : parser.line;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, attributes, children: [], line };
    if (open.length === 0) {
      checkDeclaration(text, parser.xmlDecl, codes);
      root = element;
    } else open[open.length - 1]?.children.push(element);
    if (open.push(element) > MAX_DEPTH) {
      throw new DocumentError(
        codes.notXml,
        `The document nests more than ${MAX_DEPTH} elements${place(line)}.`,
      );
    }
  });
  parser.on('closetag', () => {
    open.pop();
  });
  const addText = (chunk: string) => {
    open[open.length - 1]?.children.push(chunk);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);

  try {
    parser.write(text).close();
  } catch (error) {
    if (error instanceof DocumentError || !(error instanceof Error)) throw error;
    throw syntaxError(text, error, codes);
  }
  if (root === undefined) throw new DocumentError(codes.notXml, 'The document has no element.');
  return root;
}

function syntaxError(text: string, error: Error, codes: FaultCodes): DocumentError {
  const [, line = '1', column = '0', reason = error.message] =
    /^(\d+):(\d+): (.*)$/s.exec(error.message) ?? [];
  if (reason.startsWith('version number must match')) return wrongVersion(codes);
  const ampersand = bareAmpersand(text);
  if (ampersand !== undefined) {
    const head = text.slice(0, ampersand).split('\n');
    return new DocumentError(
      codes.notXml,
      `The document is not well-formed XML${place(head.length, (head.at(-1)?.length ?? 0) + 1)}: a bare &. Write it as &amp;.`,
      { cause: error },
    );
  }
  return new DocumentError(
    codes.notXml,
    `The document is not well-formed XML${place(Number(line), Number(column))}: ${reason.slice(0, MAX_REASON_CHARACTERS).replace(/\.$/, '')}.`,
    { cause: error },
  );
}

const ENTITY = /&(?:[A-Za-z_][\w.-]*|#\d+|#x[\dA-Fa-f]+);/y;

/** Where markup does not reach: `<` begins one of these, and its end closes it. */
const OPAQUE = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

/** The parser tells of a bare ampersand only where what follows it ends; this finds the ampersand itself. */
export function bareAmpersand(text: string): number | undefined {
  for (const { 0: mark, index } of marks(text)) {
    if (mark !== '&') continue;
    ENTITY.lastIndex = index;
    if (!ENTITY.test(text)) return index;
  }
  return undefined;
}

/** The text with its bare ampersands written as they should be, for a dialect whose platform takes them. */
export function mendAmpersands(text: string): string {
  let mended = '';
  let done = 0;
  for (const { 0: mark, index } of marks(text)) {
    if (mark !== '&') continue;
    ENTITY.lastIndex = index;
    if (ENTITY.test(text)) continue;
    mended += `${text.slice(done, index)}&amp;`;
    done = index + 1;
  }
  return mended + text.slice(done);
}

function* marks(text: string): Generator<{ 0: string; index: number }> {
  const mark = /[&<]/g;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    const { index } = found;
    const opaque = found[0] === '<' ? OPAQUE.find(([begin]) => text.startsWith(begin, index)) : undefined;
    if (opaque === undefined) {
      yield { 0: found[0], index };
      continue;
    }
    const end = text.indexOf(opaque[1], index + opaque[0].length);
    if (end === -1) return;
    mark.lastIndex = end + opaque[1].length;
  }
}

function checkDeclaration(
  text: string,
  { version = '1.0', encoding = 'UTF-8' }: XMLDecl,
  codes: FaultCodes,
): void {
  if (version !== '1.0') throw wrongVersion(codes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant.
  if (/^utf-?8$/i.test(encoding) || /^[\u0000-\u007f]*$/.test(text)) return;
  throw new DocumentError(
    codes.notXml,
    `The document says that it is written in ${encoding.slice(0, 40)}, but only UTF-8 is read. Send UTF-8.`,
  );
}

const wrongVersion = (codes: FaultCodes) =>
  new DocumentError(
    codes.xmlVersion,
    'The document is not XML 1.0. Begin it with <?xml version="1.0" encoding="UTF-8"?>.',
  );

const place = (line: number, column?: number) =>
  column === undefined ? ` (line ${line})` : ` at line ${line}, column ${column}`;
