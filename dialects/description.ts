/**
 * What the OpenAPI document says of an API. It is made of the very tables that serve, by `npm run openapi`; see `openapi.ts`.
 *
 * A route fills in `describes`:
 *
 * ```ts
 * route<'readCall'>({
 *   method: 'GET',
 *   path: '/v1/Account/{authId}/Call/{callUuid}/',
 *   describes: {
 *     id: 'getCall',
 *     summary: 'Read a call',
 *     query: readCall.schema,              // the contract that `decode` reads the query with
 *     body: { schema: newCall, as: ['json', 'form'] }, // the one that it reads the body with
 *     answers: { 200: callAnswer },        // what `encode` gives: type it as z.input<typeof callAnswer>, so that they stay one
 *   },
 *   …
 * ```
 *
 * and a route that is another spelling of one that is described says `describes: { sameAs: path }`. What stands in more than
 * one place gets a name: `z.object({ … }).meta({ id: 'PlivoCall' })`, unique in the whole document.
 *
 * Of zod this file has the types alone: functions that serve no API do not load it.
 */
import type * as z from 'zod';

export const MEDIA_TYPES = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  xml: 'application/xml',
} as const;

export type MediaType = keyof typeof MEDIA_TYPES;

export interface Description {
  /** The operation's name in generated clients, unique in its API: `createCall`. */
  id: string;
  /** A few words, without a full stop: `Place a call`. */
  summary: string;
  /** More, in Markdown. */
  details?: string;
  /** What the query may say. */
  query?: z.ZodObject;
  /** What the body may say, in each of these forms. */
  body?: { schema: z.ZodType; as: readonly MediaType[] };
  /** The body of each successful answer, by its status; null for none. How problems are told is the API's own matter. */
  answers: Readonly<Record<number, z.ZodType | null>>;
  /** Of answers; JSON when not given. */
  answersAs?: readonly MediaType[];
}

/** Another spelling of a path whose route is described. */
export interface SameAs {
  sameAs: string;
}

/** A request that a customer's server gets. */
export interface WebhookDescription {
  summary: string;
  details?: string;
  /** What it says: in its body, or, by GET, in its query. */
  schema: z.ZodType;
  as: MediaType;
  /** The answer is a document; otherwise nothing but its status is looked at. */
  answersDocument?: boolean;
}

export interface ApiDescription {
  /** The API's name for people. */
  title: string;
  /** One paragraph, in Markdown. */
  details: string;
  /** What each `{place}` in the paths is. */
  places: Readonly<Record<string, string>>;
  /** How a problem is told. */
  problem: z.ZodType;
  /** Of problems; JSON when not given. */
  problemAs?: readonly MediaType[];
  /** By a name that is unique in the whole document: `signalwireStatusCallback`. */
  webhooks: Readonly<Record<string, WebhookDescription>>;
}
