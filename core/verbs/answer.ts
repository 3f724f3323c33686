import type { VerbDefinition } from './definition.ts';

/**
 * Answers a caller who is still waiting, or takes over a callee that is to be screened, and nothing else. The voice service has
 * no action for that: it answers with whatever it says first, so it says nothing for a moment.
 */
export const answer: VerbDefinition<'Answer'> = {
  answers: true,
  start(_, { root, session }) {
    const calls = root.direction === 'inbound' && root.answeredAtMs === undefined && !session.delayAnswer;
    const waits = calls || session.screening !== undefined;
    return { actions: waits ? [silence(session.legA)] : [] };
  },
};

const silence = (legA: string | undefined) =>
  ({
    Type: 'Speak',
    Parameters: {
      ...(legA !== undefined && { CallId: legA }),
      Text: '<speak><break time="1ms"/></speak>',
      TextType: 'ssml',
    },
  }) as const;
