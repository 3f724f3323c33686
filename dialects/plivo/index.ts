import type { ApiDescription } from '../description.ts';
import type { Dialect } from '../dialect.ts';
import { documentRequest, problemAnswer, statusCallback } from './answers.ts';
import { callback } from './callbacks.ts';
import { documents } from './documents.ts';
import { problem } from './errors.ts';
import { routes } from './routes.ts';

const SIGNED =
  'Signed by all three versions of `X-Plivo-Signature`. `X-PH-…` parameters are those of the call.';

const describes: ApiDescription = {
  title: 'Plivo',
  details: "Plivo's Voice API: calls follow XML documents. Paths may end in a slash.",
  places: {
    accountSid: "The account's auth id.",
    callUuid: "The call's UUID.",
    requestUuid: 'The `request_uuid` that the call was fired with.',
    appId: "The application's `app_id`.",
    number: 'The number, with or without its plus.',
    endpointId: "The endpoint's `endpoint_id`.",
  },
  problem: problemAnswer,
  webhooks: {
    plivoDocument: {
      summary: 'A document is asked for',
      details: `${SIGNED} To an \`answer_url\`, a \`Redirect\`, a \`Dial\`'s \`action\`, or a fallback.`,
      schema: documentRequest,
      as: 'form',
      answersDocument: true,
    },
    plivoStatusCallback: {
      summary: 'A call was accepted, rings or is over, or one that it dials has got on',
      details: `${SIGNED} To a \`callback_url\`, a \`ring_url\`, a \`hangup_url\`, or a \`Dial\`'s \`callbackUrl\`.`,
      schema: statusCallback,
      as: 'form',
    },
  },
};

/** Plivo's Voice API: calls follow XML documents. */
export const plivo: Dialect = { name: 'plivo', callback, documents, routes, problem, describes };
