import type { LaidOutVerb } from '../verb.ts';
import { answer } from './answer.ts';
import type { VerbDefinition } from './definition.ts';
import { dialEdge } from './dial-edge.ts';
import { dialNumber } from './dial-number.ts';
import { gather } from './gather.ts';
import { hangup } from './hangup.ts';
import { hangupLater } from './hangup-later.ts';
import { pause } from './pause.ts';
import { play } from './play.ts';
import { redirect } from './redirect.ts';
import { reject } from './reject.ts';
import { say } from './say.ts';
import { sendDigits } from './send-digits.ts';

/** Every verb that the engine knows. */
export const VERBS: { readonly [N in LaidOutVerb['verb']]: VerbDefinition<N, never> } = {
  Say: say as VerbDefinition<'Say', never>,
  Play: play as VerbDefinition<'Play', never>,
  SendDigits: sendDigits as VerbDefinition<'SendDigits', never>,
  Pause: pause as VerbDefinition<'Pause', never>,
  Answer: answer as VerbDefinition<'Answer', never>,
  Gather: gather as VerbDefinition<'Gather', never>,
  DialNumber: dialNumber as VerbDefinition<'DialNumber', never>,
  DialEdge: dialEdge as VerbDefinition<'DialEdge', never>,
  Redirect: redirect as VerbDefinition<'Redirect', never>,
  Hangup: hangup as VerbDefinition<'Hangup', never>,
  HangupLater: hangupLater as VerbDefinition<'HangupLater', never>,
  Reject: reject as VerbDefinition<'Reject', never>,
};

/** That of a verb of whatever kind. */
export const definitionOf = (verb: LaidOutVerb) => VERBS[verb.verb] as VerbDefinition<LaidOutVerb['verb']>;
