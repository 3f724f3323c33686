/**
 * What can be wrong with a sound file. Each failure is a subclass of {@link AudioError} with a stable `code`;
 * {@link audioErrorNumbers} gives the number by which cXML error logs list it.
 */

/** Numbers of the cXML error tables: 13420 is a `Play` whose content is not audio, 11750 an answer that is too large. */
export const audioErrorNumbers = {
  'not-audio': 13420,
  'audio-unsupported': 13420,
  'audio-damaged': 13420,
  'audio-too-long': 11750,
} as const;

/** The stable names of the failures, the keys of {@link audioErrorNumbers}. */
export type AudioErrorCode = keyof typeof audioErrorNumbers;

/** A file that cannot be played to a caller. */
export abstract class AudioError extends Error {
  /** The stable name of what is wrong. */
  abstract readonly code: AudioErrorCode;

  /** The number by which cXML error logs know it, for example 13420. */
  get number(): number {
    return audioErrorNumbers[this.code];
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** The content is in no audio format that is known here. */
export class NotAudioError extends AudioError {
  readonly code = 'not-audio';
}

/** The container is known, what is in it is not. */
export class UnsupportedAudioError extends AudioError {
  readonly code = 'audio-unsupported';
}

/** The format is known, but this file breaks its rules or holds no sound. */
export class DamagedAudioError extends AudioError {
  readonly code = 'audio-damaged';
}

/** The sound is longer than one action may play. */
export class AudioTooLongError extends AudioError {
  readonly code = 'audio-too-long';
}
