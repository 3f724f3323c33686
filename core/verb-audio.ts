/** Audio that a verb plays, wherever in it. */
import type { Gather, LaidOutVerb, Play } from './verb.ts';

/** The verb with each of its Plays changed. */
export function mapPlays(verb: LaidOutVerb, change: (play: Play) => Play): LaidOutVerb {
  if (verb.verb === 'Play') return change(verb);
  if (verb.verb !== 'Gather') return verb;
  const prompts = verb.prompts.map(prompt => mapPlays(prompt, change) as Gather['prompts'][number]);
  return { ...verb, prompts, ...(verb.invalid && { invalid: change(verb.invalid) }) };
}

/** Plays whose audio has not been fetched. */
export function playsWithoutAudio(verb: LaidOutVerb): Play[] {
  const found: Play[] = [];
  mapPlays(verb, play => {
    if (play.audio === undefined) found.push(play);
    return play;
  });
  return found;
}
