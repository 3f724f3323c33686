/** docs/dialects/datatechlabs.md says what the code does: its tables, its examples and its few lines of Node. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PlaceCall } from '../../../core/operation.ts';
import { RESERVED_SIP_HEADERS } from '../../../core/sip-header.ts';
import { ERRORS } from '../../../dialects/datatechlabs/errors.ts';
import { EVENTS } from '../../../dialects/datatechlabs/fields.ts';
import { STATUS_WORDS } from '../../../dialects/datatechlabs/status-words.ts';
import { SIGNATURE_HEADER, sign } from '../../../dialects/own-signature.ts';
import { RETRY_AFTER_SECONDS } from '../../../lambdas/deliver/retry-schedule.ts';
import { refused, routed, WITH_PBX } from '../../lambdas/api/routing.ts';
import { decode, OWN } from './support.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/dialects/datatechlabs.md'), 'utf8');
const blocks = (language: string) =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);
const requests = blocks('json')
  .map(text => JSON.parse(text) as Record<string, unknown>)
  .filter(json => 'leg_A' in json);

describe('the page', () => {
  it('has every error with its code and HTTP status, or says that it is not of this API', () => {
    const rows = [...PAGE.matchAll(/^\| (\d{3}) \| (\d{3}) \|/gm)].map(
      ([, code, status]) => `${code} ${status}`,
    );
    const [, others = ''] = /The other codes \(([^)]*)\)/.exec(PAGE) ?? [];

    const missing = Object.values(ERRORS).filter(
      ({ code, status }) => !rows.includes(`${code} ${status}`) && !others.includes(String(code)),
    );
    expect(missing).toEqual([]);
  });

  it('has every state, event and refused header name', () => {
    const words = [...Object.values(STATUS_WORDS), ...EVENTS];
    const [, names = ''] = /^\| Refused names \| (.*) \|$/m.exec(PAGE) ?? [];

    expect(words.filter(word => !PAGE.includes(`\`${word}\``))).toEqual([]);
    const refused = names.match(/`[^`]+`/g)?.flatMap(quoted => quoted.slice(1, -1).toLowerCase().split(' '));
    expect(refused?.sort()).toEqual([...RESERVED_SIP_HEADERS, 'x-dialplane'].sort());
  });

  it('has the schedule of retries', () => {
    expect(RETRY_AFTER_SECONDS).toEqual([5, 30, 120, 300, 900, 1_800, 3_600, 12_000]);
    expect(PAGE).toContain('5 s, 30 s, 2 min, 5 min, 15 min, 30 min, 1 h and 3 h 20 min');
  });

  it("has the platform's two examples, which need a route and the SIP edge, and one that needs neither", async () => {
    const [first, second, plain] = requests.map(json => decode(json)) as [PlaceCall, PlaceCall, PlaceCall];
    const unroutable = { kind: 'unroutable', field: 'leg_A.to' };

    for (const example of [first, second]) {
      expect(await routed(example, WITH_PBX)).toMatchObject({ sip: { updateSeconds: 900 } });
      expect(await refused(example, { edge: true })).toMatchObject(unroutable);
      expect(await refused(example, { ...WITH_PBX, edge: false })).toMatchObject(unroutable);
    }
    expect(await routed(plain, { numbers: [OWN] })).toMatchObject({ to: '+12025550100' });
  });

  it('has lines of Node that know our signatures', async () => {
    const [code = ''] = blocks('js');
    const { isFromDialplane } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    const request = { url: 'https://example.com/events', body: '{"leg":"A"}', authToken: 'f00d'.repeat(8) };
    const header = sign({ ...request, nowMs: Date.now() });
    const old = sign({ ...request, nowMs: Date.now() - 301_000 });

    const verdicts = [
      isFromDialplane(header, request.url, request.body, request.authToken),
      isFromDialplane(header, request.url, `${request.body} `, request.authToken),
      isFromDialplane(header, `${request.url}?a`, request.body, request.authToken),
      isFromDialplane(header, request.url, request.body, 'another'),
      isFromDialplane(old, request.url, request.body, request.authToken),
      isFromDialplane('t=1,v1=x', request.url, request.body, request.authToken),
    ];

    expect(verdicts).toEqual([true, false, false, false, false, false]);
    expect(PAGE.toLowerCase()).toContain(`\`${SIGNATURE_HEADER}: t=`);
  });
});
