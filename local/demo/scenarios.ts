/** The calls that the demo makes, and what has to come of each. */
import type { Handsets } from '../../sma/network/handsets.ts';
import type { ReceivedCallback } from './customer-server.ts';

const OURS = '+12025550110';

export interface Scenario {
  title: string;
  story: string;
  request: { leg_A: Leg; leg_B: Leg; timeout?: number };
  /** What somebody does at a phone once both are joined. */
  afterBridge?: { waitMs: number; act(handsets: Handsets): void };
  /** Callbacks per leg, in order: event and state. */
  callbacks: { A: string[]; B: string[] };
  /** The state that the status request gives in the end. */
  finalState: string;
}

interface Leg {
  to: string;
  from: string;
}

export const SCENARIOS: readonly Scenario[] = [
  {
    title: 'A callback joins two phones',
    story: '0100 answers after 1 s, then 0107 is rung and answers after 5 s; they talk, and 0107 hangs up.',
    request: { leg_A: { to: '+12025550100', from: OURS }, leg_B: { to: '+12025550107', from: OURS } },
    afterBridge: { waitMs: 2_000, act: handsets => handsets.hangUp('+12025550107') },
    callbacks: {
      A: ['initiated calling', 'ringing ringing', 'answered answered', 'completed completed'],
      B: ['initiated calling', 'answered answered', 'completed completed'],
    },
    finalState: 'completed',
  },
  {
    title: 'The first phone is busy',
    story: '0101 answers 486, so nobody else is rung.',
    request: { leg_A: { to: '+12025550101', from: OURS }, leg_B: { to: '+12025550107', from: OURS } },
    callbacks: { A: ['initiated calling', 'completed busy'], B: [] },
    finalState: 'busy',
  },
  {
    title: 'Nobody answers',
    story: '0102 rings and rings; the request gives it 3 s.',
    request: {
      leg_A: { to: '+12025550102', from: OURS },
      leg_B: { to: '+12025550107', from: OURS },
      timeout: 3,
    },
    callbacks: { A: ['initiated calling', 'ringing ringing', 'completed no_answer'], B: [] },
    finalState: 'no_answer',
  },
];

/** Event and state of one leg's callbacks, in the order of their numbers. */
export function storyOf(callbacks: readonly ReceivedCallback[], leg: 'A' | 'B'): string[] {
  return callbacks
    .filter(callback => callback.leg === leg)
    .sort((a, b) => a.sequenceNumber - b.sequenceNumber)
    .map(({ event, state }) => `${event} ${state}`);
}
