import { isAscii, isUtf8 } from 'node:buffer';

/**
 * Message heads are UTF-8 (RFC 3261 §7), but a peer may send any byte, and what is not understood must be kept.
 * A byte that is not UTF-8 becomes the lone surrogate U+DC00 + byte, which no text can contain, and becomes that
 * byte again when written.
 */
export function decodeText(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (isUtf8(bytes)) return bytes.toString();
  let text = '';
  for (let index = 0; index < bytes.length; ) {
    const length = sequenceLength(bytes, index);
    text +=
      length === 0
        ? String.fromCharCode(0xdc00 + (bytes[index] as number))
        : bytes.toString('utf8', index, index + length);
    index += length || 1;
  }
  return text;
}

function sequenceLength(bytes: Buffer, index: number): number {
  const first = bytes[index] as number;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return isUtf8(bytes.subarray(index, index + length)) ? length : 0;
}

const strayByte = /([\udc80-\udcff])/;

/** The bytes of a text from `decodeText`, or of any other text as UTF-8. */
export function encodeText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const parts: Buffer[] = [];
  let plain = '';
  for (const character of text) {
    if (!strayByte.test(character) || character.length > 1) {
      plain += character;
      continue;
    }
    parts.push(Buffer.from(plain), Buffer.of(character.charCodeAt(0) & 0xff));
    plain = '';
  }
  parts.push(Buffer.from(plain));
  return Buffer.concat(parts);
}

/** `text` with its percent escapes resolved, as UTF-8 where they are UTF-8. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, escapes =>
    decodeText(Buffer.from(escapes.replaceAll('%', ''), 'hex')),
  );
}

/** `text` with every character that `keep` refuses as percent escapes of its UTF-8 bytes. */
export function percentEncode(text: string, keep: (code: number) => boolean): string {
  let encoded = '';
  for (const character of text) {
    if (keep(character.charCodeAt(0))) encoded += character;
    else
      for (const byte of encodeText(character))
        encoded += `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
  }
  return encoded;
}
