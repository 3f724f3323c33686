/** Methods that a session answers; goes out as Allow (RFC 3261 §20.5). */
export const METHODS = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'UPDATE',
  'PRACK',
  'INFO',
  'REFER',
  'NOTIFY',
] as const;

/** Extensions that are spoken; goes out as Supported (RFC 3261 §20.37). */
export const EXTENSIONS = ['timer', '100rel', 'replaces', 'norefersub'] as const;

type HeaderPairs = [name: string, value: string][];

/** Allow and Supported, as they go into INVITE, UPDATE and their 2xx (RFC 3261 §13.2.1, RFC 3311 §4, RFC 4028 §7.1). */
export const capabilityHeaders: HeaderPairs = [
  ['Allow', METHODS.join(', ')],
  ['Supported', EXTENSIONS.join(', ')],
];

const extensions: ReadonlySet<string> = new Set(EXTENSIONS);

/** The option tags of a Require that are not spoken here, for the Unsupported of a 420 (RFC 3261 §8.2.2.3). */
export function unsupported(required: readonly string[], further: ReadonlySet<string> = new Set()): string[] {
  return required.filter(tag => !extensions.has(tag.toLowerCase()) && !further.has(tag.toLowerCase()));
}
