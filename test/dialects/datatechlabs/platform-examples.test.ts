/** The two requests on the platform's own page, "Voice API call with SIP UPDATE message" (1 August 2018). */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../core/problem.ts';
import { datatechlabs } from '../../../dialects/datatechlabs/index.ts';
import { headersOf } from '../../../dialects/datatechlabs/osip.ts';
import { decodeRequest } from '../../../lambdas/api/request.ts';
import { ACCOUNT_SID, answerTo } from './support.ts';

const FIRST = `{
"leg_A":
{
"to": "1000123",
"from": "1000125",
"sip_update": 900
},
"leg_B":
{
"to": "1000125",
"from": "1000123",
"sip_update": 900
}
}`;

/** As printed: after each "osip_Privacy" a comma is missing. */
const SECOND_AS_PRINTED = `{
"leg_A":
{
"to": "1000123",
"from": "1000125",
"osip_P-Asserted-Identity": "tel:+3312345678",
"osip_Privacy": "Id"
"sip_update": 900
},
"leg_B":
{
"to": "1000125",
"from": "1000123",
"osip_P-Asserted-Identity": "tel:+4412345678",
"osip_Privacy": "Id"
"sip_update": 900
}
}`;
const SECOND = SECOND_AS_PRINTED.replaceAll('"Id"', '"Id",');

/** The JSON of a request as the API reads it; an answer when it cannot. */
function read(body: string) {
  const event = {
    rawPath: '/voice/call/callback',
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: { http: { method: 'POST' } },
    body,
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2;
  try {
    return { json: decodeRequest(event, ACCOUNT_SID, 0).json };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { answer: datatechlabs.problem(error, { path: '' }) };
  }
}

describe('the first example of the page', () => {
  it('is read, and its short numbers are refused until a route leads on from them', () => {
    const { json } = read(FIRST);

    expect(answerTo(json).body).toEqual({
      code: 301,
      status: 400,
      data: 'leg_A.to is "1000123": neither a number in E.164 form (such as +12025550100) nor one that a route of this account leads on.',
    });
  });
});

describe('the second example of the page', () => {
  it('is no JSON as it is printed, and the answer says where', () => {
    const { answer } = read(SECOND_AS_PRINTED);

    expect(answer).toMatchObject({ status: 400, body: { code: 201, status: 400 } });
    expect((answer?.body as { data: string } | undefined)?.data).toMatch(
      /^The body is not valid JSON: Expected ',' or '}' after property value in JSON at position \d+ \(line 8 column 1\)\.$/,
    );
  });

  it('is read with its commas, headers and all', () => {
    const { json } = read(SECOND) as { json: Record<string, Record<string, unknown>> };

    expect(headersOf('leg_A', json['leg_A'] ?? {})).toEqual([
      { attribute: 'osip_P-Asserted-Identity', name: 'P-Asserted-Identity', value: 'tel:+3312345678' },
      { attribute: 'osip_Privacy', name: 'Privacy', value: 'Id' },
    ]);
    expect(answerTo(json).body).toMatchObject({ code: 301 });
  });

  it('is told, towards telephone numbers, what cannot be done there', () => {
    const { json } = read(
      SECOND.replace('"1000123"', '"+12025550100"').replace('"1000125"', '"+12025550110"'),
    );

    expect(answerTo(json).body).toMatchObject({
      code: 301,
      data: expect.stringMatching(/^leg_A asks for sip_update, osip_P-Asserted-Identity, osip_Privacy, but/),
    });
  });
});
