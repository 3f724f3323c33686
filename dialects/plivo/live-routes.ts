/** What is done to a call while it talks: keys, speech and audio for one of the two. */
import * as z from 'zod';
import type { Aside } from '../../core/aside.ts';
import { type ApiRequest, type Route, route } from '../dialect.ts';
import { plainParts } from '../markup/said.ts';
import { voiceOf } from '../markup/voices.ts';
import {
  BODY_FORMS,
  bodyParameters,
  type Contract,
  flag,
  ignoredHeader,
  isWebAddress,
  notYet,
  read,
  refusal,
} from '../parameters.ts';
import { answer } from './answers.ts';
import { knownVoice, MAX_SPEAK_CHARACTERS } from './markup/speak.ts';
import { callInPath, withoutEffect } from './requests.ts';

/** Keys of one request: they all fit into what the voice service takes at once. */
export const MAX_LIVE_DIGITS = 100;
/** Of one Play, one after the other. */
export const MAX_AUDIO_URLS = 8;

const ONE_LEG = 'has to be aleg or bleg: the two cannot be told at once';
const legs = z.enum(['aleg', 'bleg'], ONE_LEG).optional();
const LEGS = { aleg: 'caller', bleg: 'callee' } as const;

const sendDigits = {
  schema: z.object({
    digits: z
      .string()
      .regex(
        new RegExp(`^[\\d*#wW]{1,${MAX_LIVE_DIGITS}}$`),
        `has to be 1 to ${MAX_LIVE_DIGITS} of 0-9 * # w W`,
      ),
    leg: z.enum(['aleg', 'bleg'], 'has to be aleg or bleg').optional(),
  }),
  codes: {},
} as const satisfies Contract;

const speak = {
  schema: z.object({
    text: z
      .string()
      .regex(/\S/, 'has to say something')
      .max(MAX_SPEAK_CHARACTERS, `has to have at most ${MAX_SPEAK_CHARACTERS} characters`),
    voice: z.string().optional(),
    language: z.string().optional(),
    legs,
    loop: notYet(['false'], 'cannot be granted, as a text is said once: leave it out').optional(),
    mix: flag.optional(),
  }),
  codes: {},
} as const satisfies Contract;

const play = {
  schema: z.object({
    urls: z
      .string()
      .transform(text => text.split(',').map(url => url.trim()))
      .refine(
        urls => urls.length <= MAX_AUDIO_URLS && urls.every(isWebAddress),
        `has to be 1 to ${MAX_AUDIO_URLS} absolute http or https URLs with commas between them`,
      ),
    length: notYet([], 'cannot be granted, as audio is played to its end: leave it out').optional(),
    legs,
    loop: flag.optional(),
    mix: flag.optional(),
  }),
  codes: {},
} as const satisfies Contract;

const aside = (request: ApiRequest, leg: keyof typeof LEGS | undefined, verbs: Aside['verbs']) => ({
  callSid: callInPath(request),
  changes: [{ aside: { to: LEGS[leg ?? 'aleg'], verbs } }],
});

function decodeSpeak(request: ApiRequest) {
  const asked = read(bodyParameters(request), speak);
  const { voice, complaint } = voiceOf(knownVoice(asked.voice ?? 'WOMAN'), asked.language ?? 'en-US');
  if (complaint !== undefined)
    throw refusal('invalid-parameter', 'voice', `cannot be had: ${complaint}`, speak.codes);
  const { parts } = plainParts(asked.text, MAX_SPEAK_CHARACTERS);
  return aside(request, asked.legs, [{ verb: 'Say', parts, ...voice, loop: 1 }]);
}

function decodePlay(request: ApiRequest) {
  const { urls, legs: leg, loop } = read(bodyParameters(request), play);
  return aside(
    request,
    leg,
    urls.map(url => ({ verb: 'Play', url, loop: loop === 'true' ? 0 : 1 })),
  );
}

/** A line that begins something, and says so. `mix` has no effect: what is heard besides is the voice service's to say. */
const begins = (
  path: string,
  summary: string,
  contract: Contract,
  decode: Route<'modifyCall'>['decode'],
  message: string,
) =>
  route<'modifyCall'>({
    method: 'POST',
    path: `/Call/{callUuid}/${path}`,
    operation: 'modifyCall',
    describes: {
      id: `start${path}`,
      summary,
      body: { schema: contract.schema, as: BODY_FORMS },
      answers: { 202: answer({ message: z.literal(message) }) },
    },
    decode,
    encode: (_, request) => ({
      status: 202,
      headers: ignoredHeader(withoutEffect(request, contract)),
      body: { message },
    }),
  });

/** A line that ends what one of the two is told. */
const ends = (path: string, summary: string) =>
  route<'modifyCall'>({
    method: 'DELETE',
    path: `/Call/{callUuid}/${path}`,
    operation: 'modifyCall',
    describes: { id: `stop${path}`, summary, answers: { 204: null } },
    decode: request => aside(request, 'aleg', []),
    encode: () => ({ status: 204 }),
  });

export const liveRoutes: readonly Route[] = [
  begins(
    'DTMF',
    'Press keys for one of two who talk',
    sendDigits,
    request => {
      const { digits, leg } = read(bodyParameters(request), sendDigits);
      return aside(request, leg, [{ verb: 'SendDigits', digits, loop: 1 }]);
    },
    'digits sent',
  ),
  begins('Speak', 'Say something to one of two who talk', speak, decodeSpeak, 'speak started'),
  ends('Speak', 'End what is said'),
  begins('Play', 'Play audio to one of two who talk', play, decodePlay, 'play started'),
  ends('Play', 'End what is played'),
];
