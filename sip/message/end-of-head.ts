const CR = 13;
const LF = 10;

/** CRLF CRLF: the end of the last header field, and the empty line. */
export const END_OF_HEAD_BYTES = 4;

/** Where the CRLF CRLF stands that ends the header fields (RFC 3261 §7), from `start` on; -1 where there is none. */
export function endOfHead(bytes: Uint8Array, start = 0): number {
  // Looks at what would be the last byte of it, and passes over as many as cannot be that before it.
  for (let at = start + 3; at < bytes.length; ) {
    const byte = bytes[at];
    if (byte === LF && bytes[at - 1] === CR && bytes[at - 2] === LF && bytes[at - 3] === CR) return at - 3;
    at += byte === CR ? 1 : byte === LF ? 2 : 4;
  }
  return -1;
}
