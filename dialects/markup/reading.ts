/** One document being read: what is noted of it, and how its URLs resolve. */
import type { Notification } from '../../core/document.ts';
import { DocumentError } from '../dialect.ts';
import { MAX_URL_CHARACTERS } from '../text.ts';
import type { Element } from './element.ts';
import type { FaultCodes } from './faults.ts';

/** Notes kept of one document: more would say the same again. */
export const MAX_NOTES = 20;

export class Reading {
  readonly notifications: Notification[] = [];
  /** How many URLs were made absolute: each may have grown by the document's own. */
  resolved = 0;
  /** The dialect's numbers of common faults. */
  readonly codes: FaultCodes;
  /** Where the document came from; undefined for one that was sent along. */
  readonly url: string | undefined;
  readonly #nowMs: number;

  constructor({ url, nowMs, codes }: { url?: string; nowMs: number; codes: FaultCodes }) {
    this.codes = codes;
    this.url = url;
    this.#nowMs = nowMs;
  }

  /** Something is amiss, and the call goes on. */
  warn(code: number, element: Element, sentence: string): void {
    this.#note(code, `${element.name} (line ${element.line}): ${sentence}`);
  }

  /** What would have ended the document is done without instead. */
  goOnWithout({ code, message }: DocumentError, consequence: string): void {
    this.#note(code, `${message} ${consequence}`);
  }

  #note(code: number, message: string): void {
    if (this.notifications.length >= MAX_NOTES) return;
    this.notifications.push({
      code,
      level: 'warning',
      message,
      occurredAtMs: this.#nowMs,
      ...(this.url !== undefined && { url: withoutCredentials(this.url) }),
    });
  }

  /** What the call cannot go on with, to be thrown. */
  refusal(code: number, element: Element, sentence: string): DocumentError {
    return new DocumentError(code, `${element.name} (line ${element.line}): ${sentence}`);
  }

  /**
   * A URL in a document, made absolute. Throws DocumentError; its sentence does not repeat the URL, which may hold a password.
   * @param code of what is no URL, where that has a number of its own
   */
  resolve(element: Element, what: string, written: string, code = this.codes.invalidUrl): string {
    const text = written.trim();
    const absolute = /^[a-z][a-z\d+.-]*:/i.test(text);
    if (!absolute && this.url === undefined) {
      throw this.refusal(
        this.codes.noBaseUrl,
        element,
        `${what} is relative, but a document that was sent along has no URL of its own. Write it with https:// and the host.`,
      );
    }
    const url = absolute ? URL.parse(text) : URL.parse(text, this.url);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw this.refusal(code, element, `${what} is no http or https URL.`);
    }
    if (url.href.length > MAX_URL_CHARACTERS) {
      throw this.refusal(code, element, `${what} is longer than ${MAX_URL_CHARACTERS} characters.`);
    }
    this.resolved++;
    return url.href;
  }
}

function withoutCredentials(text: string): string {
  const url = URL.parse(text);
  if (url === null) return '';
  url.username = '';
  url.password = '';
  return url.href;
}
