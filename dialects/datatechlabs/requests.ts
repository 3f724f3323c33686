/** What `POST /voice/call/callback` takes. */
import * as z from 'zod';
import type { CallbackEvent, StatusCallback } from '../../core/call.ts';
import {
  DEFAULT_RING_TIMEOUT_SECONDS,
  DEFAULT_TIME_LIMIT_SECONDS,
  MAX_RING_TIMEOUT_SECONDS,
} from '../../core/limits.ts';
import type { PlaceCall } from '../../core/operation.ts';
import { Problem } from '../../core/problem.ts';
import type { SipWishes } from '../../core/sip-target.ts';
import { valueAt } from '../value-at.ts';
import { headersOf, OSIP_PREFIX } from './osip.ts';

/** The least that the API ever takes; a deployment may ask for more: the api function's MIN_SIP_UPDATE_SECONDS. */
export const MIN_SIP_UPDATE_SECONDS = 1;
export const MAX_SIP_UPDATE_SECONDS = 86_400;
export const MAX_URL_CHARACTERS = 2_048;

/** Ours: the events that a callback can be asked for. */
export const EVENTS = ['initiated', 'ringing', 'answered', 'completed'] as const satisfies CallbackEvent[];

const WEB_ADDRESS = 'must be an absolute http or https URL';
const webAddress = z
  .string(WEB_ADDRESS)
  .max(MAX_URL_CHARACTERS, `must have at most ${MAX_URL_CHARACTERS} characters`)
  .refine(isWebAddress, WEB_ADDRESS);

const EVENT_WORDS = `must be a list, or a text with spaces between, of some of: ${EVENTS.join(', ')}`;
const events = z
  .union([z.string().transform(words => words.trim().split(/\s+/)), z.array(z.unknown())], EVENT_WORDS)
  .pipe(z.array(z.enum(EVENTS, EVENT_WORDS)).min(1, EVENT_WORDS));

const callbackFields = {
  status_callback: webAddress.optional(),
  status_callback_event: events.optional(),
  status_callback_method: z.enum(['GET', 'POST'], 'must be GET or POST').optional(),
};

const seconds = (min: number, max: number) => {
  const range = `must be a whole number of seconds from ${min} to ${max}`;
  return z.number(range).int(range).min(min, range).max(max, range);
};

const leg = z.looseObject(
  {
    to: z.string('must be a text, such as "+12025550100"').min(1, 'must not be empty'),
    from: z.string('must be a text: one of your numbers, such as "+12025550110"').optional(),
    sip_update: seconds(MIN_SIP_UPDATE_SECONDS, MAX_SIP_UPDATE_SECONDS).optional(),
    ...callbackFields,
  },
  'must be an object with "to"',
);

const callback = z.looseObject({
  leg_A: leg,
  leg_B: leg,
  timeout: seconds(1, MAX_RING_TIMEOUT_SECONDS).optional(),
  time_limit: seconds(1, DEFAULT_TIME_LIMIT_SECONDS).optional(),
  ...callbackFields,
});

type CallbackRequest = z.infer<typeof callback>;
type Leg = z.infer<typeof leg>;

const LEGS = ['leg_A', 'leg_B'] as const;

/** A callback request → the call to be placed: A is rung, then B, and they are joined. Throws Problem. */
export function decodeCallback(json: unknown): PlaceCall {
  if (json === undefined) {
    throw new Problem('unsupported-media-type', 'Send a JSON object with Content-Type: application/json.');
  }
  const parsed = callback.safeParse(json);
  if (!parsed.success) throw invalid(parsed.error, json);
  const request = parsed.data;
  const { leg_A: a, leg_B: b } = request;
  const timeoutSeconds = request.timeout ?? DEFAULT_RING_TIMEOUT_SECONDS;
  const timeLimitSeconds = request.time_limit ?? DEFAULT_TIME_LIMIT_SECONDS;
  const callbackOfA = statusCallback(request, a);
  const callbackOfB = statusCallback(request, b);

  return {
    to: a.to,
    ...(a.from !== undefined && { from: a.from }),
    fields: { to: 'leg_A.to', from: 'leg_A.from' },
    wishes: wishes('leg_A', a),
    entry: {
      join: {
        to: b.to,
        ...(b.from !== undefined && { from: b.from }),
        fields: { to: 'leg_B.to', from: 'leg_B.from' },
        wishes: wishes('leg_B', b),
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
export function unknownAttributes(json: unknown): string[] {
  if (!callback.safeParse(json).success) return [];
  const request = json as CallbackRequest;
  const strangers = (object: object, known: object) =>
    Object.keys(object).filter(name => !Object.hasOwn(known, name));
  return [
    ...strangers(request, callback.shape),
    ...LEGS.flatMap(name =>
      strangers(request[name], leg.shape)
        .filter(attribute => !attribute.startsWith(OSIP_PREFIX))
        .map(attribute => `${name}.${attribute}`),
    ),
  ];
}

/** What a leg asks for of SIP. Whether it can have it depends on where its number leads. */
function wishes(leg: (typeof LEGS)[number], attributes: Leg): SipWishes {
  const headers = headersOf(leg, attributes);
  const { sip_update: updateSeconds } = attributes;
  return {
    leg,
    headers: headers.map(({ name, value }) => [name, value]),
    ...(updateSeconds !== undefined && { updateSeconds }),
    attributes: [
      ...(updateSeconds === undefined ? [] : ['sip_update']),
      ...headers.map(({ attribute }) => attribute),
    ],
  };
}

/** A leg's own wish, or else that of the whole request. */
function statusCallback(request: CallbackRequest, leg: Leg): StatusCallback | undefined {
  const url = leg.status_callback ?? request.status_callback;
  if (url === undefined) return undefined;
  return {
    url,
    method: leg.status_callback_method ?? request.status_callback_method ?? 'POST',
    events: leg.status_callback_event ?? request.status_callback_event ?? [...EVENTS],
  };
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function invalid(error: z.ZodError, json: unknown): Problem {
  const [issue] = error.issues;
  // The place in a list is left out: its rule is that of the whole attribute.
  const field = issue?.path.filter(name => typeof name === 'string').join('.') ?? '';
  const missing = issue?.code === 'invalid_type' && valueAt(json, issue.path) === undefined;
  if (field === '')
    return new Problem('malformed-body', 'The body has to be a JSON object with leg_A and leg_B.');
  return missing
    ? new Problem('missing-parameter', `${field} is missing.`, { field })
    : new Problem('invalid-parameter', `${field} ${issue?.message}.`, { field });
}
