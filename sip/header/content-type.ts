import { Params } from '../grammar/params.ts';
import type { Scanner } from '../grammar/scanner.ts';
import { lowerCase } from '../grammar/text.ts';
import { HeaderType } from './type.ts';

/** A media type such as `application/sdp;charset=utf-8` (RFC 3261 §20.15). Immutable. */
export class MediaType {
  /** Lower case. */
  readonly type: string;
  /** Lower case. */
  readonly subtype: string;
  readonly params: Params;

  constructor(type: string, subtype: string, params: Params = Params.none) {
    this.type = lowerCase(type);
    this.subtype = lowerCase(subtype);
    this.params = params;
  }

  /** `type/subtype` without parameters, lower case. */
  get essence(): string {
    return `${this.type}/${this.subtype}`;
  }

  toString(): string {
    return `${this.essence}${this.params}`;
  }
}

function readMediaType(scanner: Scanner): MediaType {
  const type = scanner.token('a media type');
  scanner.expect('/', 'after the media type');
  return new MediaType(type, scanner.token('a media subtype'), Params.read(scanner));
}

export const CONTENT_TYPE = new HeaderType('Content-Type', readMediaType);
/** Ranges: `*` may stand for the type or subtype (RFC 3261 §20.1). */
export const ACCEPT = new HeaderType('Accept', readMediaType, { emptiable: true });
