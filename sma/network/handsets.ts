/** A telephone network of virtual handsets: the phones of the local platform and of tests. */
import type { Clock } from '../clock.ts';
import { withPlus } from '../phone-number.ts';
import { Handset, HandsetError, type HandsetView } from './handset.ts';
import { HANDSETS, type HandsetScript, isDigits, scriptProblem } from './handset-script.ts';
import {
  type IncomingCall,
  type Line,
  type LineEvents,
  NO_LINE,
  type PhoneNetwork,
} from './phone-network.ts';

export interface HandsetsSettings {
  clock: Clock;
  /** Takes calls that a handset makes: `SmaRuntime.inbound`. Undefined means that nobody has the number. */
  inbound: (call: IncomingCall, line: Line) => LineEvents | undefined;
  /** Which phones there are; `HANDSETS` when left out. */
  scripts?: Readonly<Record<string, HandsetScript>>;
}

/** Numbers are E.164, with or without plus. Every method throws `HandsetError` for a number that no handset has. */
export interface Handsets {
  /** Where the service's own calls go. A number that no handset has is unreachable (404). */
  readonly network: PhoneNetwork;
  list(): HandsetView[];
  get(number: string): HandsetView;
  /** The handset calls a number of the account. */
  dial(from: string, to: string): HandsetView;
  answer(number: string): HandsetView;
  hangUp(number: string): HandsetView;
  press(number: string, digits: string): HandsetView;
  /** Replaces the whole script, for the next call. */
  setScript(number: string, script: HandsetScript): HandsetView;
}

const NOT_FOUND = 404;

export function createHandsets({ clock, inbound, scripts = HANDSETS }: HandsetsSettings): Handsets {
  const handsets = new Map(
    Object.entries(scripts).map(([number, script]) => [number, new Handset(clock, number, script)]),
  );

  const find = (number: string): Handset => {
    const handset = handsets.get(withPlus(number));
    if (handset !== undefined) return handset;
    throw new HandsetError(
      `${number} is no handset: the handsets are ${[...handsets.keys()].join(', ')}.`,
      NOT_FOUND,
    );
  };
  const use = (number: string, task: (handset: Handset) => void): HandsetView => {
    const handset = find(number);
    task(handset);
    return handset.view();
  };

  return {
    network: {
      dial(call, events) {
        const handset = call.to.kind === 'number' ? handsets.get(call.to.number) : undefined;
        if (handset !== undefined) return handset.called(call, events);
        clock.after(0, () => events.ended(NOT_FOUND));
        return NO_LINE;
      },
    },
    list: () => [...handsets.values()].map(handset => handset.view()),
    get: number => find(number).view(),
    dial: (from, to) => use(from, handset => handset.dial(withPlus(to), inbound)),
    answer: number => use(number, handset => handset.answer()),
    hangUp: number => use(number, handset => handset.hangUp()),
    press: (number, digits) =>
      use(number, handset => {
        if (!isDigits(digits)) throw new HandsetError('digits is a string of 0-9, * and #.', 400);
        handset.press(digits);
      }),
    setScript: (number, script) =>
      use(number, handset => {
        const problem = scriptProblem(script);
        if (problem !== undefined) throw new HandsetError(problem, 400);
        handset.script = script;
      }),
  };
}
