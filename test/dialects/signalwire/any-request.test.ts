import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../core/problem.ts';
import type { ApiAnswer } from '../../../dialects/dialect.ts';
import { changeApplication } from '../../../dialects/signalwire/applications.ts';
import { createCall, updateCall } from '../../../dialects/signalwire/contracts.ts';
import { problem } from '../../../dialects/signalwire/errors.ts';
import { updateNumber } from '../../../dialects/signalwire/numbers.ts';
import { ACCOUNT, aCall, aNumber, anApplication, aRequest, CALLS, NUMBER, ONE_CALL } from './fixtures.ts';

const ONE_NUMBER = `/2010-04-01/Accounts/${ACCOUNT}/IncomingPhoneNumbers/${NUMBER}.json`;

const APPLICATIONS = `/2010-04-01/Accounts/${ACCOUNT}/Applications.json`;

const REQUESTS = {
  [CALLS]: createCall,
  [ONE_CALL]: updateCall,
  [ONE_NUMBER]: updateNumber,
  [APPLICATIONS]: changeApplication,
};

const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer().map(String),
  fc.webUrl({ withFragments: true }),
  fc.constantFrom(
    '',
    '+12025550100',
    'true',
    'GET',
    'completed',
    '<Response/>',
    '<Response><Say>a</Say></Response>',
    'http://',
    '__proto__',
  ),
);

/** Served whole, or refused with a Problem; nothing else. */
function served(...args: Parameters<typeof aRequest>): void {
  const { request, route } = aRequest(...args);
  const results = {
    placeCall: { call: aCall() },
    modifyCall: { call: aCall() },
    modifyNumber: { number: aNumber() },
    createApplication: { application: anApplication() },
  };
  let answer: ApiAnswer;
  try {
    JSON.stringify(route.decode(request));
    const result = results[route.operation as keyof typeof results] ?? { calls: [] };
    answer = route.encode(result as never, request);
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    answer = problem(error as Problem);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect((answer.body as { message: string }).message.length).toBeLessThan(600);
  }
  for (const header of Object.values(answer.headers ?? {})) expect(header).toMatch(/^[\x20-\x7e]+$/);
}

describe('Whatever a request says, it is served or refused with a reason', () => {
  it.each(Object.entries(REQUESTS))('as a form to %s', (path, { schema }) => {
    const name = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...Object.keys(schema.shape)) },
      fc.string(),
    );
    const good = { To: '+12025550100', From: '+12025550110', Url: 'https://example.com/' };
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.oneof(value, fc.array(value, { maxLength: 3 })), { maxKeys: 6 }),
        fc.boolean(),
        (form, needed) => {
          served(path, { form: { ...(needed && path === CALLS && good), ...form } });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('as JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), json => served(CALLS, { json, method: 'POST' })),
      { numRuns: 200 },
    );
  });

  it('as a query', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'StartTime',
        'StartTime<',
        'EndTime>',
        'Status',
        'To',
        'ParentCallSid',
        'Page',
        'PageSize',
        'PageToken',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 5 }), pairs => {
        served(CALLS, { query: new URLSearchParams(pairs).toString() });
      }),
      { numRuns: 300 },
    );
  });
});
