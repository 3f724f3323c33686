import type { VerbDefinition } from './definition.ts';

/** The call goes on with another document. */
export const redirect: VerbDefinition<'Redirect'> = {
  alone: true,
  start: verb => ({ request: verb.target, purpose: 'redirect' }),
};
