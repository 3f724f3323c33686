import type { Route, RouteEnd, RouteSettings } from '../../core/route.ts';
import type { Trunk } from '../../core/trunk.ts';

export const ACCOUNT = `AC${'1'.repeat(32)}`;

let made = 0;

/** A route; the later it was made, the younger it is. */
export function route(
  pattern: string,
  end: RouteEnd,
  settings: Partial<RouteSettings & { id: string }> = {},
): Route {
  made += 1;
  return {
    id: `RT${made.toString(16).padStart(32, '0')}`,
    accountSid: ACCOUNT,
    pattern,
    priority: 100,
    strip: 0,
    prepend: '',
    end,
    description: '',
    createdAtMs: made,
    updatedAtMs: made,
    ...settings,
  };
}

export const to = (trunk: string): RouteEnd => ({ kind: 'trunk', trunk });
export const PSTN: RouteEnd = { kind: 'pstn' };

export function trunk(name: string, settings: Partial<Trunk> = {}): Trunk {
  return {
    name,
    accountSid: ACCOUNT,
    host: 'pbx.example.com',
    transport: 'tls',
    codecs: ['PCMU', 'PCMA'],
    headers: [],
    passIdentity: true,
    callerIds: [],
    inboundNetworks: [],
    createdAtMs: 1,
    updatedAtMs: 1,
    ...settings,
  };
}
