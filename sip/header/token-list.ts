import { HeaderType } from './type.ts';

const tokenList = (name: string, what: string) =>
  new HeaderType(name, scanner => scanner.token(what), { emptiable: true });

export const ALLOW = tokenList('Allow', 'a method');
export const SUPPORTED = tokenList('Supported', 'an option tag');
export const REQUIRE = tokenList('Require', 'an option tag');
export const PROXY_REQUIRE = tokenList('Proxy-Require', 'an option tag');
export const UNSUPPORTED = tokenList('Unsupported', 'an option tag');
/** RFC 6665 §8.2.2. */
export const ALLOW_EVENTS = tokenList('Allow-Events', 'an event package');
