import type { WebTarget } from '../call.ts';
import type { Facts } from '../document.ts';
import type { ActionAnswer } from '../verb.ts';
import type { Next } from './definition.ts';

/** A verb is over: its action is asked how to go on; or it is only told, and the document goes on behind the verbs that are skipped. */
export function asks(action: WebTarget, answer: ActionAnswer, facts: Facts, skip = 0): Next {
  return answer === 'notice' ? { notice: action, facts, skip } : { request: action, facts };
}
