/** Routes: where an account's numbers lead. */
import { isDialled, matchesNumber } from './number-pattern.ts';

export const MAX_ROUTES = 500;
export const MAX_PRIORITY = 65_535;
export const DEFAULT_PRIORITY = 100;
export const MAX_REASON_CHARACTERS = 200;
export const MAX_DESCRIPTION_CHARACTERS = 200;

export const ROUTE_ID = /^RT[0-9a-f]{32}$/;

export type RouteEnd =
  /** One of the account's SIP trunks, by its name. */
  | { kind: 'trunk'; trunk: string }
  /** The telephone network. */
  | { kind: 'pstn' }
  /** Nowhere: `reason` is for whoever dialled. */
  | { kind: 'refuse'; reason: string };

export interface RouteSettings {
  /** See number-pattern.ts. */
  pattern: string;
  /** Lower ones are looked at first. */
  priority: number;
  /** So many characters are taken from the beginning of the number (a `+` is one), then `prepend` is put there. */
  strip: number;
  prepend: string;
  end: RouteEnd;
  description: string;
}

export interface Route extends RouteSettings {
  /** `RT…` */
  id: string;
  accountSid: string;
  createdAtMs: number;
  updatedAtMs: number;
}

/** In the order in which they are looked at: by priority, then the older one, then by identifier. */
export function inOrder(routes: readonly Route[]): Route[] {
  return routes.toSorted(
    (a, b) => a.priority - b.priority || a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1),
  );
}

/** The first route that a number matches. */
export function routeOf(number: string, routes: readonly Route[]): Route | undefined {
  return inOrder(routes).find(({ pattern }) => matchesNumber(pattern, number));
}

/** One of the shortest numbers that a pattern matches. */
export function exampleOf(pattern: string): string {
  return pattern.replace(/[XZN.]/g, '9');
}

/** The number as a route sends it on; undefined when nothing that can be dialled is left of it. */
export function rewritten(number: string, { strip, prepend }: Pick<Route, 'strip' | 'prepend'>) {
  const text = prepend + number.slice(strip);
  return isDialled(text) ? text : undefined;
}
