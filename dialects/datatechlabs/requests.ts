/** What `POST /voice/call/callback` takes. */
import * as z from 'zod';
import { DEFAULT_RING_TIMEOUT_SECONDS, DEFAULT_TIME_LIMIT_SECONDS } from '../../core/limits.ts';
import type { PlaceCall } from '../../core/operation.ts';
import {
  callbackFields,
  legFields,
  readBody,
  sipSettings,
  statusCallback,
  strangers,
  timeFields,
} from './fields.ts';

const leg = z.looseObject({ ...legFields, ...callbackFields }, 'must be an object with "to"');

export const callback = z.looseObject({ leg_A: leg, leg_B: leg, ...timeFields, ...callbackFields });

const LEGS = ['leg_A', 'leg_B'] as const;

/** A callback request → the call to be placed: A is rung, then B, and they are joined. Throws Problem. */
export function decodeCallback(json: unknown): PlaceCall {
  const request = readBody(json, callback);
  const { leg_A: a, leg_B: b } = request;
  const timeoutSeconds = request.timeout ?? DEFAULT_RING_TIMEOUT_SECONDS;
  const timeLimitSeconds = request.time_limit ?? DEFAULT_TIME_LIMIT_SECONDS;
  const callbackOfA = statusCallback(request, a);
  const callbackOfB = statusCallback(request, b);

  return {
    to: a.to,
    ...(a.from !== undefined && { from: a.from }),
    fields: { to: 'leg_A.to', from: 'leg_A.from' },
    sipSettings: sipSettings('leg_A', a),
    entry: {
      join: {
        to: b.to,
        ...(b.from !== undefined && { from: b.from }),
        fields: { to: 'leg_B.to', from: 'leg_B.from' },
        sipSettings: sipSettings('leg_B', b),
        ...(callbackOfB && { callback: callbackOfB }),
        timeoutSeconds,
        timeLimitSeconds,
      },
    },
    ...(callbackOfA && { callback: callbackOfA }),
    ringTimeoutSeconds: timeoutSeconds,
  };
}

/** Attributes that mean nothing here, as paths: `leg_A.colour`. They are named in the answer. */
export function unknownInCallback(json: unknown): string[] {
  if (!callback.safeParse(json).success) return [];
  // Not what was read: that lacks names such as __proto__.
  const data = json as z.infer<typeof callback>;
  return [
    ...strangers(data, callback.shape),
    ...LEGS.flatMap(name => strangers(data[name], leg.shape, true).map(attribute => `${name}.${attribute}`)),
  ];
}
