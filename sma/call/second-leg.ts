/** Dialling LEG-B: it is a leg of the call only once it has answered. */
import type { LegBEvents, LegBRequest } from '../action/action-definition.ts';
import { type Destination, type Line, NO_LINE } from '../network/phone-network.ts';
import { randomUuid } from '../random.ts';
import type { LegEndedBy, LegMoment } from '../trace.ts';
import type { Leg } from './leg.ts';
import { NORMAL_END, REQUEST_TERMINATED } from './sip-code.ts';
import type { CallSurroundings } from './surroundings.ts';

/** What the call does about it. */
export interface SecondLegHost {
  answered(leg: Leg): void;
  digits(leg: Leg, digits: string): void;
  ended(leg: Leg, sipCode: number): void;
  traceLeg(what: LegMoment, leg: Leg, end?: { sipCode: number; by: LegEndedBy }): void;
  /** A line in the service's own log. */
  log(message: string): void;
}

/** Places the call; `cancel` gives up while nobody has answered, without an event. */
export function dialSecondLeg(
  around: CallSurroundings,
  host: SecondLegHost,
  { from, to, headers }: LegBRequest,
  events: LegBEvents,
): { cancel(): void } {
  const { clock, legCount, options } = around;
  if (!legCount.enter()) {
    host.log('LEG-B is over the quota of concurrent calls.');
    return clock.after(0, () => events.failed(options.inboundOverQuotaSipCode));
  }
  const callId = randomUuid(around.random);
  let line: Line = NO_LINE;
  let leg: Leg | undefined;
  let isGivenUp = false;

  const asLeg = (state: Leg['state']): Leg => ({
    callId,
    tag: 'LEG-B',
    from,
    to: shownDestination(to),
    direction: 'Outbound',
    startMs: clock.now(),
    sipHeaders: undefined,
    line,
    state,
  });
  const giveUp = (sipCode: number, by: LegEndedBy): void => {
    isGivenUp = true;
    legCount.leave();
    host.traceLeg('refused', asLeg('ended'), { sipCode, by });
  };

  line = around.dial(
    { from, to, headers },
    {
      ringing: () => {
        if (isGivenUp || leg !== undefined) return;
        host.traceLeg('ringing', asLeg('ringing'));
        events.ringing();
      },
      answered: () => {
        if (isGivenUp || leg !== undefined) return;
        leg = asLeg('connected');
        host.answered(leg);
        events.bridged();
      },
      digits: digits => {
        if (leg !== undefined) host.digits(leg, digits);
      },
      ended: sipCode => {
        if (leg !== undefined) host.ended(leg, NORMAL_END);
        else if (!isGivenUp) {
          giveUp(sipCode, 'far-end');
          events.failed(sipCode);
        }
      },
    },
  );
  host.traceLeg('dialled', asLeg('ringing'));
  return {
    cancel: () => {
      if (leg !== undefined || isGivenUp) return;
      line.hangUp(REQUEST_TERMINATED);
      giveUp(REQUEST_TERMINATED, 'service');
    },
  };
}

/** LEG-B's `To` in events: the number, or the user part at a Voice Connector. */
const shownDestination = (to: Destination): string => (to.kind === 'number' ? to.number : to.user);
