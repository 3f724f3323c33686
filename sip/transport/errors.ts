/** Why a message could not be carried. */
export type TransportErrorCode =
  | 'connection-refused'
  | 'connection-lost'
  | 'connection-timeout'
  | 'certificate-refused'
  | 'too-large'
  | 'no-transport'
  | 'too-slow'
  | 'too-many'
  | 'closed';

/** A message did not leave, or a flow died. RFC 3261 §8.1.3.1 treats it as a 503 at the transaction user. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** What was wrong with a stream, and the response that tells its sender when there is a request to answer. */
export const framingFaults = {
  'head-too-large': { status: 513, sentence: 'The header section is larger than this listener allows.' },
  'body-too-large': { status: 513, sentence: 'The body is larger than this listener allows.' },
  'no-content-length': {
    status: 400,
    sentence: 'A message on a stream must have a Content-Length (RFC 3261 §18.3).',
  },
  'bad-content-length': {
    status: 400,
    sentence: 'Content-Length must be one decimal number, said once or always the same.',
  },
} as const;

export type FramingFault = keyof typeof framingFaults;

/** A stream cannot be cut into messages any more; it has to be closed. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
  readonly code: FramingFault;
  /** For a request whose head arrived whole. */
  readonly status: number;
  /** The head as it arrived, when it did. */
  readonly head: Buffer | undefined;

  constructor(code: FramingFault, head?: Buffer) {
    super(framingFaults[code].sentence);
    this.code = code;
    this.status = framingFaults[code].status;
    this.head = head;
  }
}
