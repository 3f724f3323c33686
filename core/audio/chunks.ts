/** The four letters at an offset, as formats of the IFF family name their parts. */
export function fourLetters(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}

/** A view of the bytes, wherever in their buffer they lie. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * The chunks of a RIFF (little-endian) or IFF (big-endian) file, by name, after its 12-byte header; the first of each
 * name. A length that goes past the end of the file, as writers to a pipe leave it, is taken as "up to the end".
 */
export function chunksOf(bytes: Uint8Array, littleEndian: boolean): ReadonlyMap<string, Uint8Array> {
  const view = viewOf(bytes);
  const chunks = new Map<string, Uint8Array>();
  for (let offset = 12; offset + 8 <= bytes.byteLength; ) {
    const name = fourLetters(bytes, offset);
    const length = view.getUint32(offset + 4, littleEndian);
    if (!chunks.has(name)) chunks.set(name, bytes.subarray(offset + 8, offset + 8 + length));
    offset += 8 + length + (length % 2); // chunks are padded to an even length
  }
  return chunks;
}
