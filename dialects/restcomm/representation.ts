/** A resource in the two forms that this platform has: XML, and JSON for those who ask for it. */
import type { ApiAnswer } from '../dialect.ts';
import { snakeCase } from '../text.ts';

export type Value = string | number | boolean | undefined;
/** A name as XML writes it, its value, and how JSON writes the name; undefined for one that JSON leaves out. */
export type Field = readonly [name: string, value: Value | Fields, json?: string | undefined];
export type Fields = readonly Field[];

export interface Resource {
  /** Its element. */
  name: string;
  fields: Fields;
}

export const field = (
  name: string,
  value: Value | Fields,
  json: string | undefined = snakeCase(name),
): Field => [name, value, json];

/** Whether a request asks for JSON: a segment of its path ends in `.json`, or its Accept says so. Without either it is XML. */
export function wantsJson({
  path,
  headers,
}: {
  path: string;
  headers: Readonly<Record<string, string | undefined>>;
}) {
  return /\.json(?:\/|$)/.test(path) || /json/i.test(headers['accept'] ?? '');
}

/** One resource. */
export function answerWith(
  request: Parameters<typeof wantsJson>[0],
  status: number,
  { name, fields }: Resource,
  headers: Record<string, string> = {},
): ApiAnswer {
  return wantsJson(request)
    ? { status, headers, body: jsonOf(fields) }
    : xmlAnswer(status, xmlOf(name, fields), headers);
}

/** An element that holds the whole answer. */
export function xmlAnswer(status: number, content: string, headers: Record<string, string> = {}): ApiAnswer {
  return {
    status,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<RestcommResponse>${content}</RestcommResponse>`,
  };
}

/** What is absent is left out. */
export function jsonOf(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap(([, value, name]) =>
      name === undefined || value === undefined ? [] : [[name, Array.isArray(value) ? jsonOf(value) : value]],
    ),
  );
}

/** What is absent is an empty element. */
export function xmlOf(
  name: string,
  fields: Fields,
  attributes: Readonly<Record<string, Value>> = {},
): string {
  return element(name, fields.map(([child, value]) => childOf(child, value)).join(''), attributes);
}

/** An element with what is already XML in it. */
export function element(
  name: string,
  content: string,
  attributes: Readonly<Record<string, Value>> = {},
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  const tag = `${name}${written.join('')}`;
  return content === '' ? `<${tag}/>` : `<${tag}>${content}</${name}>`;
}

const childOf = (name: string, value: Field[1]): string =>
  isFields(value) ? xmlOf(name, value) : element(name, value === undefined ? '' : escaped(String(value)));

const isFields = (value: Field[1]): value is Fields => Array.isArray(value);

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text as XML 1.0 can hold it (§2.2): a character that it cannot is replaced. */
export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(FORBIDDEN, '\ufffd')
    .replace(/[&<>"']/g, mark => ENTITIES[mark] ?? mark);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get in.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
