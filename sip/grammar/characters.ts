/** Character classes of RFC 3261 §25.1, as bits of one table over ASCII. */
export const TOKEN = 1;
export const WORD = 2;
export const USER = 4;
export const PASSWORD = 8;
export const URI_PARAM = 16;
export const URI_HEADER = 32;
export const HOST = 64;
export const DIGIT = 128;
export const PARAM_VALUE = 256;
export const URI = 512;
export const HEX = 1024;
export const SCHEME = 2048;
/** Any character of ASCII that is seen. */
export const VISIBLE = 4096;

const alphanumeric = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const unreserved = `${alphanumeric}-_.!~*'()`;
const token = `${alphanumeric}-.!%*_+\`'~`;

/** Percent escapes are no part of the URI classes: the scanner reads `%` HEX HEX itself. */
const members: readonly (readonly [bit: number, characters: string])[] = [
  [TOKEN, token],
  [WORD, `${token}()<>:\\"/[]?{}`],
  [USER, `${unreserved}&=+$,;?/`],
  [PASSWORD, `${unreserved}&=+$,`],
  [URI_PARAM, `${unreserved}[]/:&+$`],
  [URI_HEADER, `${unreserved}[]/?:+$`],
  // The underscore is not in the grammar of a host name, but container networks give such names.
  [HOST, `${alphanumeric}-._`],
  [DIGIT, '0123456789'],
  // gen-value is token / host / quoted-string, and a host may be an IPv6 literal (RFC 5118 §4.5).
  [PARAM_VALUE, `${token}[]:`],
  [URI, `${unreserved};/?:@&=+$,[]`],
  [HEX, '0123456789abcdefABCDEF'],
  [SCHEME, `${alphanumeric}+-.`],
  [VISIBLE, String.fromCharCode(...Array.from({ length: 94 }, (_, at) => 33 + at))],
];

const table = new Uint16Array(128);
for (const [bit, characters] of members) {
  for (const character of characters) {
    const code = character.charCodeAt(0);
    table[code] = (table[code] ?? 0) | bit;
  }
}

/** Whether the UTF-16 unit `code` belongs to the class `bit`; nothing outside ASCII does. */
export const isIn = (bit: number, code: number): boolean =>
  code >= 0 && code < 128 && ((table[code] as number) & bit) !== 0;

/** Whether `text` is one or more characters of the class `bit`. */
export function isAll(bit: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (!isIn(bit, text.charCodeAt(index))) return false;
  }
  return text.length > 0;
}
