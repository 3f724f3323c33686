/** What answers and callbacks of this API look like. */
import * as z from 'zod';
import { EVENTS } from './fields.ts';
import { STATUS_WORDS } from './status-words.ts';

const state = z.enum([...new Set(Object.values(STATUS_WORDS))] as [string, ...string[]]);
const time = z.iso.datetime().nullable();
const requestId = z.guid().describe('The handle of the request.');

const enveloped = <T extends z.ZodType>(data: T) =>
  z.object({ code: z.literal(0), status: z.literal(200), data, request_id: requestId });

export const acceptedAnswer = enveloped(z.literal('accepted'))
  .extend({
    unknown_attributes: z.array(z.string()).optional().describe('Attributes that mean nothing here.'),
  })
  .meta({ id: 'DataTechLabsAccepted' });

export const legAnswer = z
  .object({
    call_id: z.guid(),
    state,
    to: z.string(),
    from: z.string(),
    started_at: time,
    answered_at: time,
    ended_at: time,
    duration_seconds: z.int().nullable(),
    sip_code: z.int().nullable(),
  })
  .meta({ id: 'DataTechLabsLeg' });

const problems = z.array(z.string()).optional().describe('What went wrong, in words.');
const callbackState = z.object({ state, leg_A: legAnswer, leg_B: legAnswer.nullable(), problems });
const playState = legAnswer.extend({ problems });

const menuState = z.object({
  state,
  recipients: z.array(playState.extend({ pressed: z.record(z.string(), z.string()) })),
});

export const stateAnswer = enveloped(z.union([callbackState, playState, menuState])).meta({
  id: 'DataTechLabsState',
});

export const problemAnswer = z
  .object({
    code: z.int().min(1),
    status: z.int(),
    data: z.string().describe('What is wrong, and what to do.'),
  })
  .meta({ id: 'DataTechLabsProblem' });

export const callbackPayload = z
  .object({
    request_id: requestId,
    call_id: z.guid(),
    leg: z.enum(['A', 'B']),
    event: z.enum(EVENTS),
    state,
    to: z.string(),
    from: z.string(),
    sequence_number: z.int().min(0),
    timestamp: z.iso.datetime(),
    duration_seconds: z.int().optional(),
    sip_code: z.int().optional(),
  })
  .meta({ id: 'DataTechLabsStatusCallback' });
