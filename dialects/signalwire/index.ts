import type { ApiDescription } from '../description.ts';
import type { Dialect } from '../dialect.ts';
import { documentRequest, problemAnswer, statusCallback } from './answers.ts';
import { callback } from './callbacks.ts';
import { documents } from './documents.ts';
import { problem } from './errors.ts';
import { routes } from './routes.ts';

const SIGNED = 'Signed by `X-SignalWire-Signature` and `X-Twilio-Signature`.';

const describes: ApiDescription = {
  title: 'SignalWire',
  details:
    "SignalWire's Compatibility API, which Twilio's clients speak as well: calls follow cXML documents.",
  places: {
    accountSid: "The account's SID, `AC…` or as a UUID.",
    callSid: "The call's SID, `CA…` or as a UUID, perhaps with `.json`.",
    applicationSid: "The application's SID, `AP…` or as a UUID, perhaps with `.json`.",
    numberSid: "The number's SID, `PN…` or as a UUID, perhaps with `.json`.",
  },
  problem: problemAnswer,
  webhooks: {
    signalwireDocument: {
      summary: 'A document is asked for',
      details: `${SIGNED} To the URL of the call or the number, of a \`Redirect\`, of a \`Dial\`'s \`action\`, of a noun, or of a fallback. A dialled SIP address adds \`DialSipHeader_…\`, a screened callee \`SipHeader_…\`.`,
      schema: documentRequest,
      as: 'form',
      answersDocument: true,
    },
    signalwireStatusCallback: {
      summary: 'A call has got on',
      details: `${SIGNED} \`I-Twilio-Idempotency-Token\` is the same each time that it is sent. To the \`StatusCallback\` of the call or the number, or of a noun.`,
      schema: statusCallback,
      as: 'form',
    },
  },
};

/** SignalWire's Compatibility API, which Twilio's client speaks as well: calls follow cXML documents. */
export const signalwire: Dialect = { name: 'signalwire', callback, documents, routes, problem, describes };
