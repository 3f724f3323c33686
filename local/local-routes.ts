import { parseSid } from '../core/sid.ts';
import {
  createRouteListener,
  RequestError,
  type RequestListener,
  type RouteAnswer,
} from '../sma/http/routes.ts';
import { handsetErrorAnswer, handsetRoutes } from '../sma/network/handset-listener.ts';
import type { Handsets } from '../sma/network/handsets.ts';
import { costOf, type UsageCounter } from './aws/usage.ts';
import { faultFields, type PlatformLog } from './log.ts';
import type { CallTimeline, PlatformInfo } from './platform.ts';
import type { Timelines } from './timeline/timelines.ts';

export interface LocalRoutesOptions {
  info(): PlatformInfo;
  handsets: Handsets;
  timelines: Timelines;
  timeline(callSid: string): Promise<CallTimeline | undefined>;
  usage: UsageCounter;
  log: PlatformLog;
}

/** What only the laptop has: everything under `/_local/`, without credentials, for whoever can reach the loopback interface. */
export function createLocalRoutes(options: LocalRoutesOptions): RequestListener {
  return createRouteListener({
    routes: [
      ...handsetRoutes(options.handsets),
      { method: 'GET', path: '/_local/info', handle: () => ok(options.info()) },
      {
        method: 'GET',
        path: '/_local/calls',
        handle: () => ok({ calls: [...options.timelines.calls].reverse() }),
      },
      {
        method: 'GET',
        path: '/_local/calls/{callSid}',
        async handle({ params }) {
          const callSid = parseSid('CA', params['callSid'] ?? '');
          const timeline = callSid && (await options.timeline(callSid));
          if (timeline) return ok(timeline);
          throw new RequestError(
            404,
            `There is no call ${params['callSid']}; GET /_local/calls lists those there are.`,
          );
        },
      },
      {
        method: 'GET',
        path: '/_local/usage',
        handle() {
          const usage = options.usage.read();
          return ok({ usage, cost: costOf(usage) });
        },
      },
    ],
    onError(error) {
      const answer = handsetErrorAnswer(error);
      if (answer.status >= 500) options.log('error', 'A local route is at fault', faultFields(error));
      return answer;
    },
  });
}

const ok = (body: unknown): RouteAnswer => ({ status: 200, body });
