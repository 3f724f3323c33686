/** Base of every error that reading or writing SIP can give: `code` is stable, the message is for people. */
export class SipError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/**
 * A text does not follow its grammar. `position` is the index in the text that was given; whoever knows where
 * that text stood in a message turns it into a `SipParseError`.
 */
export class SipSyntaxError extends SipError {
  readonly reason: string;
  readonly position: number;

  constructor(reason: string, position: number) {
    super('SIP_SYNTAX', `${reason} (at character ${position + 1})`);
    this.reason = reason;
    this.position = position;
  }
}

/** A value that was about to enter a message could have ended its line or its header: it is refused. */
export class SipInjectionError extends SipError {
  constructor(where: string, found: string) {
    super(
      'SIP_INJECTION',
      `${where} must not contain ${found}: it would change the structure of the message. Remove it, or percent-encode it in a URI.`,
    );
  }
}
