import { Params } from '../grammar/params.ts';
import { HeaderType } from './type.ts';

/** A token with parameters, such as `refer;id=93809824` or `active;expires=60`. Immutable. */
export class Parameterised {
  /** As written; compare without case. */
  readonly value: string;
  readonly params: Params;

  constructor(value: string, params: Params = Params.none) {
    this.value = value;
    this.params = params;
  }

  toString(): string {
    return `${this.value}${this.params}`;
  }
}

const parameterisedHeader = (name: string, what: string) =>
  new HeaderType(name, scanner => new Parameterised(scanner.token(what), Params.read(scanner)));

/** RFC 3261 §20.11. */
export const CONTENT_DISPOSITION = parameterisedHeader('Content-Disposition', 'a disposition');
/** RFC 3261 §20.2. */
export const ACCEPT_ENCODING = parameterisedHeader('Accept-Encoding', 'a content coding');
/** RFC 3261 §20.12. */
export const CONTENT_ENCODING = parameterisedHeader('Content-Encoding', 'a content coding');
/** RFC 6665 §8.2.1. */
export const EVENT = parameterisedHeader('Event', 'an event package');
/** RFC 6665 §8.2.3. */
export const SUBSCRIPTION_STATE = parameterisedHeader('Subscription-State', 'a subscription state');
/** RFC 4488 §4: `true` or `false`. */
export const REFER_SUB = parameterisedHeader('Refer-Sub', '"true" or "false"');
