import type { VerbDefinition } from './definition.ts';

/** The call goes on, until it is hung up at its time; of several times the latest one set holds. */
export const hangupLater: VerbDefinition<'HangupLater'> = {
  start(verb, turn) {
    turn.alarm('scheduled', turn.nowMs + verb.afterSeconds * 1000);
    return { goOn: true };
  },
};
