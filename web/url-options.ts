import { InvalidUrlOptionsError } from './errors.ts';
import type { WebLimits } from './limits.ts';

/** The limits that a URL's fragment may set (SignalWire's names, and Twilio's `ct` for `ot`), with their ranges in milliseconds. */
export const urlOptions = {
  ot: { limit: 'connectMs', minMs: 100, maxMs: 10_000 },
  ct: { limit: 'connectMs', minMs: 100, maxMs: 10_000 },
  rt: { limit: 'readMs', minMs: 100, maxMs: 15_000 },
  tt: { limit: 'totalMs', minMs: 100, maxMs: 15_000 },
} as const;

type UrlOption = keyof typeof urlOptions;

/**
 * Reads the time limits in a URL's fragment.
 *
 * @param fragment what follows the `#`. One without `=` is an ordinary fragment and sets nothing.
 * @throws {InvalidUrlOptionsError} for an unknown name, a value out of range, or one limit set twice.
 *
 * @example
 * parseUrlOptions('ot=500&tt=5000'); // { connectMs: 500, totalMs: 5000 }
 */
export function parseUrlOptions(fragment: string): Partial<WebLimits> {
  const limits: { connectMs?: number; readMs?: number; totalMs?: number } = {};
  if (!fragment.includes('=')) return {};
  for (const pair of fragment.split('&')) {
    const [name = '', value = ''] = pair.split(/=(.*)/s, 2);
    if (!isUrlOption(name)) {
      throw new InvalidUrlOptionsError(
        `The URL's fragment sets "${name}", which is none of ${Object.keys(urlOptions).join(', ')}. Remove it from the part after the #.`,
      );
    }
    const { limit, minMs, maxMs } = urlOptions[name];
    if (!/^\d{1,6}$/.test(value) || Number(value) < minMs || Number(value) > maxMs) {
      throw new InvalidUrlOptionsError(
        `The URL's fragment sets ${name} to "${value}". Give a whole number of milliseconds from ${minMs} to ${maxMs}.`,
      );
    }
    if (limits[limit] !== undefined) {
      throw new InvalidUrlOptionsError(
        `The URL's fragment sets ${name} although that limit is set already. Set each limit once (ot and ct are the same one).`,
      );
    }
    limits[limit] = Number(value);
  }
  return limits;
}

function isUrlOption(name: string): name is UrlOption {
  return Object.hasOwn(urlOptions, name);
}
