/** Keys as telephone events (RFC 4733). */

export interface TelephoneEvent {
  /** 0–9, `*`, `#`, A–D; undefined for an event that is no key. */
  digit: string | undefined;
  /** E bit: the key has been let go. */
  end: boolean;
  /** Since the event's timestamp, in timestamp units. */
  duration: number;
}

/** Event codes 0–15, in order (RFC 4733 §3.2). */
const KEYS = '0123456789*#ABCD';
const PAYLOAD_BYTES = 4;
/** Power level, −dBm0 (RFC 4733 §2.3.3): what telephones send. */
const VOLUME = 10;

export function parseTelephoneEvent(payload: Uint8Array): TelephoneEvent | undefined {
  if (payload.length < PAYLOAD_BYTES) return undefined;
  const [event, flags, high, low] = payload as unknown as [number, number, number, number];
  return { digit: KEYS[event], end: (flags & 0x80) !== 0, duration: (high << 8) | low };
}

export function writeTelephoneEvent(digit: string, end: boolean, duration: number): Uint8Array {
  return Uint8Array.of(KEYS.indexOf(digit), (end ? 0x80 : 0) | VOLUME, duration >> 8, duration & 0xff);
}

export const isKey = (digit: string): boolean => digit.length === 1 && KEYS.includes(digit);
