/** Attributes that requests have in common: legs, time-outs, and our status callbacks. */
import * as z from 'zod';
import type { CallbackEvent, StatusCallback } from '../../core/call.ts';
import { DEFAULT_TIME_LIMIT_SECONDS, MAX_RING_TIMEOUT_SECONDS } from '../../core/limits.ts';
import type { AskedOfSip } from '../../core/operation.ts';
import { Problem } from '../../core/problem.ts';
import { valueAt } from '../value-at.ts';
import { headersOf, OSIP_PREFIX } from './osip.ts';

/** The least that the API ever takes; a deployment may ask for more: the api function's MIN_SIP_UPDATE_SECONDS. */
export const MIN_SIP_UPDATE_SECONDS = 1;
export const MAX_SIP_UPDATE_SECONDS = 86_400;
export const MAX_URL_CHARACTERS = 2_048;

/** Ours: the events that a callback can be asked for. */
export const EVENTS = ['initiated', 'ringing', 'answered', 'completed'] as const satisfies CallbackEvent[];

const WEB_ADDRESS = 'must be an absolute http or https URL';
export const webAddress = z
  .string(WEB_ADDRESS)
  .max(MAX_URL_CHARACTERS, `must have at most ${MAX_URL_CHARACTERS} characters`)
  .refine(isWebAddress, WEB_ADDRESS);

const EVENT_WORDS = `must be a list, or a text with spaces between, of some of: ${EVENTS.join(', ')}`;
const events = z
  .union([z.string().transform(words => words.trim().split(/\s+/)), z.array(z.unknown())], EVENT_WORDS)
  .pipe(z.array(z.enum(EVENTS, EVENT_WORDS)).min(1, EVENT_WORDS));

export const callbackFields = {
  status_callback: webAddress.optional(),
  status_callback_event: events.optional(),
  status_callback_method: z.enum(['GET', 'POST'], 'must be GET or POST').optional(),
};

export const whole = (min: number, max: number, of = '') => {
  const range = `must be a whole number${of} from ${min} to ${max}`;
  return z.number(range).int(range).min(min, range).max(max, range);
};

export const seconds = (min: number, max: number) => whole(min, max, ' of seconds');

export const timeFields = {
  timeout: seconds(1, MAX_RING_TIMEOUT_SECONDS).optional(),
  time_limit: seconds(1, DEFAULT_TIME_LIMIT_SECONDS).optional(),
};

/** Whom a leg leads to, and what it asks for of SIP. Its `osip_…` attributes are read by themselves. */
export const legFields = {
  to: z.string('must be a text, such as "+12025550100"').min(1, 'must not be empty'),
  from: z.string('must be a text: one of your numbers, such as "+12025550110"').optional(),
  sip_update: seconds(MIN_SIP_UPDATE_SECONDS, MAX_SIP_UPDATE_SECONDS).optional(),
};

type CallbackWish = z.infer<z.ZodObject<typeof callbackFields>>;

/** A leg's own wish, or else that of the whole request. */
export function statusCallback(request: CallbackWish, leg: CallbackWish = {}): StatusCallback | undefined {
  const url = leg.status_callback ?? request.status_callback;
  if (url === undefined) return undefined;
  return {
    url,
    method: leg.status_callback_method ?? request.status_callback_method ?? 'POST',
    events: leg.status_callback_event ?? request.status_callback_event ?? [...EVENTS],
  };
}

/**
 * What a leg asks for of SIP. Whether it can have it depends on where its number leads. Throws Problem.
 * @param leg how the request calls it; empty for a request that has but one
 */
export function sipSettings(leg: string, attributes: { sip_update?: number | undefined }): AskedOfSip {
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

/** Reads a request's body. Throws Problem for the first thing that is wrong with it. */
export function readBody<Shape extends z.core.$ZodLooseShape>(
  json: unknown,
  schema: z.ZodObject<Shape>,
): z.output<z.ZodObject<Shape>> {
  if (json === undefined) {
    throw new Problem('unsupported-media-type', 'Send a JSON object with Content-Type: application/json.');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error, json, schema);
}

/** Attributes of an object that mean nothing here. Of a leg, `osip_…` always means something. */
export function strangers(given: object, known: object, isLeg = false): string[] {
  return Object.keys(given).filter(
    name => !Object.hasOwn(known, name) && !(isLeg && name.startsWith(OSIP_PREFIX)),
  );
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** `recipients[2].to`. The last place in a list is left out: its rule is that of the whole list. */
function pathOf(path: readonly PropertyKey[]): string {
  const end = typeof path.at(-1) === 'number' ? path.length - 1 : path.length;
  return path.slice(0, end).reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

function invalid(error: z.ZodError, json: unknown, schema: z.ZodObject): Problem {
  const [issue] = error.issues;
  const field = pathOf(issue?.path ?? []);
  const missing = issue?.code === 'invalid_type' && valueAt(json, issue.path) === undefined;
  if (field === '') {
    const required = Object.entries(schema.shape)
      .filter(([, member]) => !(member as z.ZodType).isOptional())
      .map(([name]) => name);
    return new Problem('malformed-body', `The body has to be a JSON object with ${required.join(' and ')}.`);
  }
  return missing
    ? new Problem('missing-parameter', `${field} is missing.`, { field })
    : new Problem('invalid-parameter', `${field} ${issue?.message}.`, { field });
}
