import type { Clock } from '../clock.ts';
import type { Line } from '../network/phone-network.ts';
import type { Prompt } from './prompt.ts';

/** Makes a leg hear things. */
export interface Media {
  /** Plays the prompt once; `ended` is called when it has been heard to its end, not when it was stopped. */
  play(line: Line, prompt: Prompt, ended: () => void): Playback;
}

export interface Playback {
  stop(): void;
}

/** Hands the prompt to the line, and waits for as long as it takes: by its length, or by its packets where the line has sound. */
export function lineMedia(clock: Clock): Media {
  return {
    play(line, prompt, ended) {
      line.play(prompt);
      const timer = clock.after(line.audio?.playingMs ?? prompt.durationMs, ended);
      return {
        stop: () => {
          timer.cancel();
          line.stopPlaying();
        },
      };
    },
  };
}

/** Plays again and again, until stopped. */
export function playLoop(playOnce: (ended: () => void) => Playback): Playback {
  let stopped = false;
  let playing: Playback;
  const again = (): void => {
    if (!stopped) playing = playOnce(again);
  };
  again();
  return {
    stop: () => {
      stopped = true;
      playing.stop();
    },
  };
}
