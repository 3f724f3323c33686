/** Routes in this API's JSON. */
import * as z from 'zod';
import { isNumberPattern, MAX_DIALLED_CHARACTERS, PATTERN_WORDS } from '../../core/number-pattern.ts';
import { Problem } from '../../core/problem.ts';
import {
  DEFAULT_PRIORITY,
  exampleOf,
  MAX_DESCRIPTION_CHARACTERS,
  MAX_PRIORITY,
  MAX_REASON_CHARACTERS,
  type Route,
  type RouteEnd,
  type RouteSettings,
  rewritten,
} from '../../core/route.ts';
import { DATES, READ_ONLY, text, time, wholeNumber } from './body.ts';
import { trunkName } from './trunk.ts';

const PREPEND_WORDS = `must have at most ${MAX_DIALLED_CHARACTERS} of 0-9, * and #, perhaps after a +`;

const common = {
  pattern: z.string(PATTERN_WORDS).refine(isNumberPattern, PATTERN_WORDS),
  priority: wholeNumber(0, MAX_PRIORITY).default(DEFAULT_PRIORITY),
  strip: wholeNumber(0, MAX_DIALLED_CHARACTERS).default(0),
  prepend: z
    .string(PREPEND_WORDS)
    .max(MAX_DIALLED_CHARACTERS, PREPEND_WORDS)
    .regex(/^\+?[0-9*#]*$/, PREPEND_WORDS)
    .default(''),
  description: text(MAX_DESCRIPTION_CHARACTERS).default(''),
};

const ACTION_WORDS = 'must be trunk, pstn or refuse';
const schema = <T extends z.ZodRawShape>(more: T) =>
  z.discriminatedUnion(
    'action',
    [
      z.strictObject({ ...common, ...more, action: z.literal('trunk'), trunk: trunkName }),
      z.strictObject({ ...common, ...more, action: z.literal('pstn') }),
      z.strictObject({
        ...common,
        ...more,
        action: z.literal('refuse'),
        reason: text(MAX_REASON_CHARACTERS).min(1, 'must not be empty'),
      }),
    ],
    ACTION_WORDS,
  );

export const newRoute = schema({});
export const changedRoute = schema({ id: z.string('must be a text').optional(), ...READ_ONLY });

/** Throws Problem for a route that could never make a number of what it matches. */
export function routeSettings(body: z.infer<typeof newRoute>): RouteSettings {
  const { pattern, priority, strip, prepend, description } = body;
  const end: RouteEnd =
    body.action === 'trunk'
      ? { kind: 'trunk', trunk: body.trunk }
      : body.action === 'pstn'
        ? { kind: 'pstn' }
        : { kind: 'refuse', reason: body.reason };
  const example = exampleOf(pattern);
  const made = rewritten(example, { strip, prepend });
  if (made === undefined) {
    const field = prepend === '' ? 'strip' : 'prepend';
    throw new Problem(
      'invalid-parameter',
      `${field} makes "${prepend}${example.slice(strip)}" of a number such as ${example}, which nobody can dial.`,
      { field },
    );
  }
  if (end.kind === 'pstn' && !made.startsWith('+')) {
    throw new Problem(
      'invalid-parameter',
      `prepend makes ${made} of a number such as ${example}: towards the telephone network it has to be one in E.164 form, with a + before it.`,
      { field: 'prepend' },
    );
  }
  return { pattern, priority, strip, prepend, end, description };
}

export const routeAnswer = z
  .object({
    id: z.string(),
    pattern: z.string(),
    priority: z.int(),
    action: z.enum(['trunk', 'pstn', 'refuse']),
    trunk: z.string().optional(),
    reason: z.string().optional(),
    strip: z.int(),
    prepend: z.string(),
    description: z.string(),
    ...DATES,
  })
  .meta({ id: 'Route' });

export function routeJson(route: Route): z.input<typeof routeAnswer> {
  const { id, pattern, priority, strip, prepend, end, description } = route;
  return {
    id,
    pattern,
    priority,
    action: end.kind,
    ...(end.kind === 'trunk' && { trunk: end.trunk }),
    ...(end.kind === 'refuse' && { reason: end.reason }),
    strip,
    prepend,
    description,
    createdAt: time(route.createdAtMs),
    updatedAt: time(route.updatedAtMs),
  };
}
