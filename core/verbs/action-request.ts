import type { WebTarget } from '../call.ts';
import type { Facts } from '../document.ts';
import type { ActionAnswer } from '../verb.ts';
import type { Next } from './definition.ts';

/** A verb is over: its action is asked how to go on, or only told. */
export function asks(action: WebTarget, answer: ActionAnswer, facts: Facts): Next {
  return answer === 'notice' ? { notice: action, facts } : { request: action, facts };
}
