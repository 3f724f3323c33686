/** How long a request may take and how much it may bring. All times in milliseconds. */
export interface WebLimits {
  /** Name resolution and TCP connection together. */
  readonly connectMs: number;
  /** From the connection to the first byte (the TLS handshake has the same time of its own), and each gap after it. */
  readonly readMs: number;
  /** The whole request with its redirects. */
  readonly totalMs: number;
  /** Redirects that are followed; one more is an error. */
  readonly redirects: number;
  /** Longest body, in bytes. */
  readonly bodyBytes: number;
  /** What a longer body does: `fail` the request, or have the body `cut` there, for callers who want only the status. */
  readonly bodyOverflow: 'fail' | 'cut';
}

/** For documents: 2 s, 5 s, 15 s, 3 redirects and 64 kB, the published limits of the cXML dialect. */
export const documentLimits: WebLimits = {
  connectMs: 2_000,
  readMs: 5_000,
  totalMs: 15_000,
  redirects: 3,
  bodyBytes: 64 * 1024,
  bodyOverflow: 'fail',
};

/** For status callbacks: the answer's body means nothing, so its length cannot make a delivery fail. */
export const callbackLimits: WebLimits = { ...documentLimits, bodyOverflow: 'cut' };

/** For audio of `Play`: as much as the voice service takes in one file. */
export const audioLimits: WebLimits = { ...documentLimits, bodyBytes: 50 * 1024 * 1024 };
