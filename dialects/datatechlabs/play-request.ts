/** What `POST /voice/call/play` takes. */
import * as z from 'zod';
import type { PlaceCall } from '../../core/operation.ts';
import type { Play } from '../../core/verb.ts';
import {
  callbackFields,
  legFields,
  readBody,
  sipSettings,
  statusCallback,
  strangers,
  timeFields,
  webAddress,
} from './fields.ts';

/** Ours. */
export const MAX_PLAYLIST_FILES = 50;
/** What the dialect calls this request. */
export const PLAY = 'play';

const PLAYLIST = `must be a list of 1 to ${MAX_PLAYLIST_FILES} objects such as { "play": "https://example.com/hello.wav" }`;

/** Audio files in their order. */
export const playlist = z
  .array(z.strictObject({ play: webAddress }, PLAYLIST), PLAYLIST)
  .min(1, PLAYLIST)
  .max(MAX_PLAYLIST_FILES, PLAYLIST);

export const play = z.looseObject({ ...legFields, playlist, ...timeFields, ...callbackFields });

/** A play request → the call to be placed: one party is rung, hears the files, and is hung up. Throws Problem. */
export function decodePlay(json: unknown): PlaceCall {
  const request = readBody(json, play);
  const callback = statusCallback(request);
  return {
    to: request.to,
    ...(request.from !== undefined && { from: request.from }),
    fields: { to: 'to', from: 'from' },
    sipSettings: sipSettings('', request),
    entry: { verbs: playing(request.playlist) },
    requestKind: PLAY,
    ...(callback && { callback }),
    ...(request.timeout !== undefined && { ringTimeoutSeconds: request.timeout }),
    ...(request.time_limit !== undefined && { timeLimitSeconds: request.time_limit }),
  };
}

export const playing = (files: z.infer<typeof playlist>): Play[] =>
  files.map(({ play: url }) => ({ verb: 'Play', url: new URL(url).href, loop: 1 }));

/** Attributes that mean nothing here. They are named in the answer. */
export function unknownInPlay(json: unknown): string[] {
  return play.safeParse(json).success ? strangers(json as object, play.shape, true) : [];
}
