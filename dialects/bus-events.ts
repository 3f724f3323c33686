/** What is told on the event bus, as JSON Schemas: for whoever subscribes to it. */
import * as z from 'zod';
import type { CallEnd, EndReason } from '../core/call-end.ts';
import { END_REASONS } from '../core/call-end.ts';
import type { CallEvent, CallFacts, DigitsFacts, EventType } from '../core/event.ts';
import type { MediaFigures } from '../core/media-figures.ts';
import type { CallbackAttempt } from '../core/operation.ts';

/** Of the bus's own detail-types: the call events, and what became of a status callback. */
export type BusEventType = EventType | 'Callback Delivered' | 'Callback Failed';

/** A field for each of a type's, and no other. */
type Fields<T> = Record<keyof T, z.ZodType>;

const count = z.int().min(0);
const time = z.iso.datetime();
const callSid = z.string().regex(/^CA[0-9a-f]{32}$/);
const accountSid = z.string().regex(/^AC[0-9a-f]{32}$/);
const outcome = z.enum(['completed', 'busy', 'no-answer', 'failed', 'canceled']);
const purpose = z.enum(['first', 'action', 'redirect', 'update', 'screening', 'ringback']);
const headers = z.array(z.tuple([z.string(), z.string()]));

const end = z.strictObject({
  by: z.enum(['caller', 'callee', 'document', 'api', 'platform', 'carrier']),
  reason: z.enum(Object.keys(END_REASONS) as [EndReason, ...EndReason[]]),
  request: purpose.optional().describe('Which request for a document failed, where that is the reason.'),
  code: z.int().optional().describe("The dialect's number of what was wrong with it."),
} satisfies Fields<CallEnd>);

const media = z
  .strictObject({
    packetsReceived: count,
    packetsSent: count.optional(),
    keyPacketsReceived: count.optional(),
    keyPacketsSent: count.optional(),
    packetsLost: count.optional(),
    packetsLate: count.optional(),
    averagePacketMs: z.number().optional(),
    jitterMs: z.number().optional(),
    jitterMinMs: z.number().optional(),
    jitterMaxMs: z.number().optional(),
    largestJitterBufferPackets: count.optional(),
    mos: z.number().optional().describe('Estimated mean opinion score, 1 … 4.41.'),
  } satisfies Fields<MediaFigures>)
  .describe('What was measured of its sound, where somebody did.');

const facts = {
  sid: callSid,
  parentSid: callSid.optional().describe('Of a call that another one dialled.'),
  accountSid,
  dialect: z.string(),
  direction: z.enum(['inbound', 'outbound-api', 'outbound-dial']),
  to: z.string(),
  from: z.string(),
  status: z.enum(['queued', 'initiated', 'ringing', 'in-progress', ...outcome.options]),
  startedAt: time.optional(),
  answeredAt: time.optional(),
  endedAt: time.optional(),
  durationSeconds: count.optional().describe('Talk time; 0 for a call that nobody answered.'),
  sipCode: z
    .int()
    .optional()
    .describe('The SIP response that ended it, where it is known; 0 where it is not.'),
  end: end.optional().describe('Who ended it and why.'),
  media: media.optional(),
} satisfies Fields<CallFacts>;

const metadata = {
  id: z.string().describe('The same each time that the event is published: it may come more than once.'),
  version: z.literal(1),
  occurredAt: time,
};

const numbered = z.strictObject({
  ...metadata,
  sequenceNumber: count.describe('0, 1, 2, … in the order in which the events of this call fired.'),
} satisfies Fields<CallEvent['detail']['metadata']>);

const callback = z
  .strictObject({
    subscribed: z.literal(true),
    event: z.enum([
      'queued',
      'initiated',
      'ringing',
      'answered',
      'in-progress',
      'joined',
      'completed',
      'digits',
    ]),
    sequenceNumber: count.describe('Counts what this subscriber gets.'),
    order: count.describe('Its place among the events of the call that can be subscribed to.'),
  } satisfies Fields<NonNullable<CallEvent['detail']['callback']>>)
  .describe('There when a status callback was asked for.');

const dial = z.strictObject({
  outcome,
  callSid: z.string(),
  durationSeconds: count,
  ringSeconds: count.optional(),
  bridged: z.boolean(),
  rang: z.boolean().optional(),
  reason: z.literal('screening-refused').optional(),
  sip: z
    .strictObject({ callId: z.string().optional(), code: z.int().optional(), headers })
    .optional()
    .describe('Of a SIP address: what its INVITE came to, and the X- headers of its 200.'),
} satisfies Fields<NonNullable<CallEvent['detail']['dial']>>);

const digits = z.strictObject({
  keys: z.string().describe('One of the sequences that its Dial watches.'),
  pressedBy: z.enum(['caller', 'callee']),
  callSid: callSid.describe('The dialled call, whose subscriber is told.'),
} satisfies Fields<DigitsFacts>);

const document = z.strictObject({
  code: z.int().describe('In the numbering of the dialect.'),
  message: z.string(),
  url: z.string().optional().describe('Without credentials.'),
  reason: z.enum(['unreachable', 'invalid', 'loop']),
  purpose,
  fallback: z.literal(true).optional().describe('Its fallback is asked in its place.'),
} satisfies Fields<NonNullable<CallEvent['detail']['document']>>);

/** An event of a call, in these states. `known`: what is always there then. */
const ofCall = (
  status: z.ZodType,
  known: { [Key in keyof typeof facts]?: z.ZodType },
  more: Partial<Fields<CallEvent['detail']>> = { callback: callback.optional() },
) => z.strictObject({ metadata: numbered, call: z.strictObject({ ...facts, status, ...known }), ...more });

const attempt = z.strictObject({
  atMs: z.number().describe('Epoch milliseconds.'),
  durationMs: z.number(),
  status: z.int().optional().describe('HTTP status; absent when no answer came.'),
  error: z.string().optional(),
} satisfies Fields<CallbackAttempt>);

const ofCallback = z.strictObject({
  metadata: z.strictObject(metadata),
  call: z.strictObject({ sid: callSid, accountSid }),
  delivery: z.strictObject({
    eventId: z.string().describe('The id of the call event that was told.'),
    method: z.string(),
    url: z.string().describe('Without credentials.'),
    attempts: count,
    last: attempt,
  }),
});

export interface BusEventDescription {
  /** When it is told. */
  readonly says: string;
  /** Of its `detail`. */
  readonly schema: z.ZodType;
}

/** Every detail-type, with what its `detail` holds. */
export const BUS_EVENTS: Readonly<Record<BusEventType, BusEventDescription>> = {
  'Call Queued': {
    says: 'A call was accepted, and waits to be placed.',
    schema: ofCall(z.literal('queued'), {}),
  },
  'Call Initiated': {
    says: 'A call is being placed.',
    schema: ofCall(z.literal('initiated'), { startedAt: time }),
  },
  'Call Ringing': { says: 'It rings, or has come in.', schema: ofCall(z.literal('ringing'), {}) },
  'Call Answered': {
    says: 'It was answered.',
    schema: ofCall(z.literal('in-progress'), { answeredAt: time }),
  },
  'Call In Progress': {
    says: 'The same again, for those who subscribed to both words of it.',
    schema: ofCall(z.literal('in-progress'), { answeredAt: time }, { callback }),
  },
  'Call Joined': {
    says: 'A dialled call talks with the one that dialled it. For those who subscribed to it.',
    schema: ofCall(z.literal('in-progress'), { answeredAt: time }, { callback }),
  },
  'Call Completed': {
    says: 'It is over, however it ended. Each call that was told of has exactly one.',
    schema: ofCall(outcome, { endedAt: time, durationSeconds: count, end }),
  },
  'Dial Digits': {
    says: 'Keys that a Dial of its document watches were pressed while the two talked. For those who subscribed to it.',
    schema: ofCall(facts.status, {}, { callback, digits }),
  },
  'Dial Completed': {
    says: 'A Dial of its document is over: with whom, and how it ended.',
    schema: ofCall(facts.status, {}, { dial }),
  },
  'Document Failed': {
    says: 'A document could not be had, or not be carried out.',
    schema: ofCall(facts.status, {}, { document }),
  },
  'Callback Delivered': { says: 'A status callback was taken (2xx).', schema: ofCallback },
  'Callback Failed': { says: 'It was given up, and lies among the dead letters.', schema: ofCallback },
};

/** `call-queued`: what a detail-type is called in file names. */
export const slugOf = (type: string): string => type.toLowerCase().replaceAll(' ', '-');

/**
 * The JSON Schema (2020-12) of an event's `detail`. A later release may add fields under the same version, so those that are not
 * named are allowed.
 */
export function jsonSchemaOf(type: BusEventType): object {
  const { says, schema } = BUS_EVENTS[type];
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      // What the format and the type say already.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return { $schema, title: type, description: says, ...rest };
}
