/** The two requests on the platform's own page, "Voice API call with SIP UPDATE message" (1 August 2018). */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../core/problem.ts';
import { decodeRequest } from '../../../lambdas/api/request.ts';
import { refused, routed, WITH_PBX } from '../../lambdas/api/routing.ts';
import { ACCOUNT_SID, answerTo, decode } from './support.ts';

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
    return { answer: answerTo(error) };
  }
}

const EXTENSION = (user: string) => `sip:${user}@pbx.example.com:5070`;

describe('the first example of the page', () => {
  const { json } = read(FIRST);

  it('is refused until a route leads on from its short numbers', async () => {
    expect(answerTo(await refused(decode(json), { edge: true })).body).toEqual({
      code: 301,
      status: 400,
      data: 'leg_A.to: "1000123" is neither a number in E.164 form (such as +12025550100), nor one that a route of this account leads on, nor a SIP address or a client of this account.',
    });
  });

  it('is called over the trunk of its route, with an UPDATE every 900 s on each leg', async () => {
    expect(await routed(decode(json), WITH_PBX)).toMatchObject({
      sip: { uri: EXTENSION('1000123'), updateSeconds: 900 },
      entry: {
        verbs: [
          {
            verb: 'DialEdge',
            callerId: '1000123',
            targets: [{ uri: EXTENSION('1000125'), updateSeconds: 900 }],
          },
        ],
      },
    });
  });
});

describe('the second example of the page', () => {
  const { json } = read(SECOND);

  it('is no JSON as it is printed, and the answer says where', () => {
    const { answer } = read(SECOND_AS_PRINTED);

    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 201,
        status: 400,
        data: expect.stringMatching(
          /^The body is not valid JSON: Expected ',' or '}' after property value in JSON at position \d+ \(line 8 column 1\)\.$/,
        ),
      },
    });
  });

  it('is called with its commas, each leg with its own identity', async () => {
    const identity = (number: string) => [
      ['P-Asserted-Identity', `tel:${number}`],
      ['Privacy', 'Id'],
    ];

    expect(await routed(decode(json), WITH_PBX)).toMatchObject({
      sip: { uri: EXTENSION('1000123'), headers: identity('+3312345678'), updateSeconds: 900 },
      entry: {
        verbs: [{ targets: [{ uri: EXTENSION('1000125'), headers: identity('+4412345678') }] }],
      },
    });
  });

  it('is told, towards telephone numbers, what cannot be done there', async () => {
    const { json } = read(
      SECOND.replace('"1000123"', '"+12025550100"').replace('"1000125"', '"+12025550110"'),
    );

    expect(answerTo(await refused(decode(json), WITH_PBX)).body).toMatchObject({
      code: 301,
      data: expect.stringMatching(/^leg_A asks for sip_update, osip_P-Asserted-Identity, osip_Privacy, but/),
    });
  });
});
