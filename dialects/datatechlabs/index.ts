import type { ApiDescription } from '../description.ts';
import type { Dialect } from '../dialect.ts';
import { callbackPayload, problemAnswer } from './answers.ts';
import { callback } from './callbacks.ts';
import { problem } from './errors.ts';
import { routes } from './routes.ts';

const describes: ApiDescription = {
  title: 'DataTechLabs',
  details: 'Calls two parties and joins them, or plays something to one.',
  places: { requestId: 'The `request_id` that the request was accepted with.' },
  problem: problemAnswer,
  webhooks: {
    datatechlabsStatusCallback: {
      summary: 'A leg of a request has got on',
      details: 'Signed by `Dialplane-Signature`. To the `status_callback` of the leg or the request.',
      schema: callbackPayload,
      as: 'json',
    },
  },
};

/** The voice API of DataTechLabs: two legs are called and joined. */
export const datatechlabs: Dialect = { name: 'datatechlabs', callback, routes, problem, describes };
