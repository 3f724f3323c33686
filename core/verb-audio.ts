/** Audio that a verb lets be heard, wherever in it. */
import type { RingToneName } from './ring-tone.ts';
import type { Gather, LaidOutVerb, Play, StoredAudio } from './verb.ts';

/** The verb with each of its Plays changed. */
export function mapPlays(verb: LaidOutVerb, change: (play: Play) => Play): LaidOutVerb {
  if (verb.verb === 'Play') return change(verb);
  if (verb.verb !== 'Gather') return verb;
  const prompts = verb.prompts.map(prompt => mapPlays(prompt, change) as Gather['prompts'][number]);
  return { ...verb, prompts, ...(verb.invalid && { invalid: change(verb.invalid) }) };
}

/** The verb with its ring tone changed into audio. */
export function mapRingTone(
  verb: LaidOutVerb,
  change: (name: RingToneName) => StoredAudio | undefined,
): LaidOutVerb {
  const name = ringToneOf(verb);
  const ringback = name && change(name);
  return ringback ? ({ ...verb, ringback } as LaidOutVerb) : verb;
}

/** The ring tone that is not audio yet. */
export function ringToneOf(verb: LaidOutVerb): RingToneName | undefined {
  const ringback = 'ringback' in verb ? verb.ringback : undefined;
  return ringback && 'ringTone' in ringback ? ringback.ringTone : undefined;
}

/** Whether something of it has still to be made ready in the audio bucket. */
export const needsAudio = (verb: LaidOutVerb): boolean =>
  playsWithoutAudio(verb).length > 0 || ringToneOf(verb) !== undefined;

/** Plays whose audio has not been fetched. */
export function playsWithoutAudio(verb: LaidOutVerb): Play[] {
  const found: Play[] = [];
  mapPlays(verb, play => {
    if (play.audio === undefined) found.push(play);
    return play;
  });
  return found;
}
