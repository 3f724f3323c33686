import type { ApiDescription } from '../description.ts';
import type { Dialect } from '../dialect.ts';
import { documentRequest, problemAnswer, statusCallback } from './answers.ts';
import { callback } from './callbacks.ts';
import { documents } from './documents.ts';
import { problem } from './errors.ts';
import { routes } from './routes.ts';

const SIGNED = 'Signed by `Dialplane-Signature`. `SipHeader_…` are headers that a call came in with.';

const describes: ApiDescription = {
  title: 'Restcomm',
  details:
    "Restcomm's voice API: calls follow RCML documents. Answers are XML, and JSON for those who ask for it: by `.json` at the end of the path, or by their `Accept`. A parameter that is missing is told as plain text.",
  places: {
    accountSid: "The account's SID.",
    callSid: "The call's SID, perhaps with `.json`.",
    applicationSid: "The application's SID, perhaps with `.json`.",
    clientSid: "The client's SID, perhaps with `.json`.",
    numberSid: "The number's SID, perhaps with `.json`.",
  },
  problem: problemAnswer,
  problemAs: ['xml', 'json'],
  webhooks: {
    restcommDocument: {
      summary: 'A document is asked for',
      details: `${SIGNED} A dialled SIP address adds \`DialSipHeader_…\`. To the URL of a call, a number, an application or a client, of a \`Redirect\`, of a verb's \`action\`, or of a noun.`,
      schema: documentRequest,
      as: 'form',
      answersDocument: true,
    },
    restcommStatusCallback: {
      summary: 'A call has got on',
      details: `${SIGNED} To the \`StatusCallback\` of the call or the number, or of a noun.`,
      schema: statusCallback,
      as: 'form',
    },
  },
};

/** Restcomm's voice API: calls follow RCML documents. */
export const restcomm: Dialect = { name: 'restcomm', callback, documents, routes, problem, describes };
