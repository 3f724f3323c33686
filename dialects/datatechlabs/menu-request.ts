/** What `POST /voice/call/menu` takes. */
import * as z from 'zod';
import type { PlaceCall } from '../../core/operation.ts';
import { Problem } from '../../core/problem.ts';
import type { Gather } from '../../core/verb.ts';
import {
  callbackFields,
  legFields,
  readBody,
  sipSettings,
  statusCallback,
  strangers,
  timeFields,
  whole,
} from './fields.ts';
import { playing, playlist } from './play-request.ts';

/** Ours. */
export const MAX_RECIPIENTS = 100;
export const MAX_STAGES = 20;
export const MAX_STAGE_DIGITS = 20;
export const MAX_KEY_TIMEOUT_SECONDS = 60;
const DEFAULT_KEY_TIMEOUT_SECONDS = 5;
/** Ends an entry before it has all its digits. */
const FINISHING_KEY = '#';
/** What the dialect calls this request. */
export const MENU = 'menu';

type Playlist = z.output<typeof playlist>;

const STAGE = /^playlist_([1-9]\d{0,3})$/;
const RECIPIENTS = `must be a list of 1 to ${MAX_RECIPIENTS} objects with "to"`;

const recipient = z.looseObject({ ...legFields, ...callbackFields }, RECIPIENTS);

export const menu = z.looseObject({
  recipients: z.array(recipient, RECIPIENTS).min(1, RECIPIENTS).max(MAX_RECIPIENTS, RECIPIENTS),
  from: legFields.from,
  playlist_1: playlist,
  playlist_end: playlist.optional(),
  digits: whole(1, MAX_STAGE_DIGITS).optional(),
  key_timeout: whole(1, MAX_KEY_TIMEOUT_SECONDS, ' of seconds').optional(),
  tries: whole(1, 5).optional(),
  ...timeFields,
  ...callbackFields,
});

/** A menu request → a call for each recipient, who hears stage after stage and presses keys. Throws Problem. */
export function decodeMenu(json: unknown): PlaceCall[] {
  const request = readBody(json, menu);
  const verbs = [
    ...stagesIn(json).map((files, index) => stage(files, index + 1, request)),
    ...playing(request.playlist_end ?? []),
  ];
  return request.recipients.map((each, index) => {
    const callback = statusCallback(request, each);
    const from = each.from ?? request.from;
    return {
      to: each.to,
      ...(from !== undefined && { from }),
      fields: {
        to: `recipients[${index}].to`,
        from: each.from === undefined ? 'from' : `recipients[${index}].from`,
      },
      sipSettings: sipSettings(`recipients[${index}]`, each),
      entry: { verbs },
      requestKind: MENU,
      ...(callback && { callback }),
      ...(request.timeout !== undefined && { ringTimeoutSeconds: request.timeout }),
      ...(request.time_limit !== undefined && { timeLimitSeconds: request.time_limit }),
    };
  });
}

/** Attributes that mean nothing here, as paths: `recipients[2].colour`. They are named in the answer. */
export function unknownInMenu(json: unknown): string[] {
  if (!menu.safeParse(json).success) return [];
  const data = json as z.infer<typeof menu>;
  return [
    ...strangers(data, menu.shape).filter(name => !STAGE.test(name)),
    ...data.recipients.flatMap((each, index) =>
      strangers(each, recipient.shape, true).map(name => `recipients[${index}].${name}`),
    ),
  ];
}

/** `playlist_1`, `playlist_2` and so on, in their order. Throws Problem for one that is left out, wrong or too much. */
function stagesIn(json: unknown): Playlist[] {
  const count = Object.keys(json as object).filter(name => STAGE.test(name)).length;
  if (count > MAX_STAGES) {
    const field = `playlist_${MAX_STAGES + 1}`;
    throw new Problem('invalid-parameter', `${field} is too much: a menu has at most ${MAX_STAGES} stages.`, {
      field,
    });
  }
  const names = Array.from({ length: count }, (_, index) => `playlist_${index + 1}`);
  const files = readBody(json, z.looseObject(Object.fromEntries(names.map(name => [name, playlist]))));
  return names.map(name => files[name] as Playlist);
}

/** Plays the files, and takes keys meanwhile and afterwards; what was pressed is kept under the stage's number. */
function stage(
  files: Playlist,
  number: number,
  { digits = 1, key_timeout: timeoutSeconds = DEFAULT_KEY_TIMEOUT_SECONDS, tries = 1 }: z.infer<typeof menu>,
): Gather {
  return {
    verb: 'Gather',
    prompts: playing(files),
    firstKeyTimeoutSeconds: timeoutSeconds,
    nextKeyTimeoutSeconds: timeoutSeconds,
    finishOnKeys: FINISHING_KEY,
    maxDigits: digits,
    tries,
    onNothing: 'continue',
    answer: 'notice',
    keptAs: String(number),
  };
}
