/** docs/dialects/plivo.md says what the code does: its tables, its limits and its paths. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BY_SIP_CODE } from '../../../dialects/plivo/causes.ts';
import { createCall, MAX_DESTINATIONS, MAX_RING_TIMEOUT_SECONDS } from '../../../dialects/plivo/contracts.ts';
import { STATUSES } from '../../../dialects/plivo/errors.ts';
import { DIAL_ATTRIBUTES } from '../../../dialects/plivo/markup/dial.ts';
import { NUMBER_ATTRIBUTES, USER_ATTRIBUTES } from '../../../dialects/plivo/markup/dialled.ts';
import { MAX_DOCUMENT_BYTES } from '../../../dialects/plivo/markup/document.ts';
import { GET_DIGITS_ATTRIBUTES } from '../../../dialects/plivo/markup/get-digits.ts';
import { HANGUP_ATTRIBUTES } from '../../../dialects/plivo/markup/hangup.ts';
import { MAX_SPEAK_CHARACTERS, SPEAK_ATTRIBUTES } from '../../../dialects/plivo/markup/speak.ts';
import { WAIT_ATTRIBUTES } from '../../../dialects/plivo/markup/wait.ts';
import { routes } from '../../../dialects/plivo/routes.ts';
import {
  MAX_HEADERS,
  MAX_NAME_CHARACTERS,
  MAX_VALUE_CHARACTERS,
} from '../../../dialects/plivo/sip-headers.ts';
import { CALL_STATES, STATUS_WORDS } from '../../../dialects/plivo/status-words.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/dialects/plivo.md'), 'utf8');
const quoted = new Set([...PAGE.matchAll(/`([^`\n]+)`/g)].flatMap(([, text = '']) => text.split(/[\s,="]+/)));
const missing = (names: readonly string[]) => names.filter(name => !quoted.has(name));

describe('The page', () => {
  it('has every parameter of a create, but those of machine detection by their beginning', () => {
    const names = Object.keys(createCall.schema.shape).filter(
      name => !name.startsWith('machine_detection_') && name !== 'callback_method',
    );
    expect(missing(names)).toEqual([]);
  });

  it('has every attribute', () => {
    const tables = [
      DIAL_ATTRIBUTES,
      NUMBER_ATTRIBUTES,
      USER_ATTRIBUTES,
      GET_DIGITS_ATTRIBUTES,
      HANGUP_ATTRIBUTES,
      SPEAK_ATTRIBUTES,
      WAIT_ATTRIBUTES,
    ];
    const names = tables.flatMap(table => Object.keys(table));
    expect(missing(names.filter(name => name !== 'min_silence' && name !== 'sendDigitsMode'))).toEqual([]);
  });

  it('has every word for how a call is', () => {
    const words = Object.entries(STATUS_WORDS).flatMap(([status, word]) =>
      status === 'queued' ? [] : [word],
    );
    expect(missing([...words, ...Object.values(CALL_STATES)])).toEqual([]);
  });

  it('has every SIP response with its cause', () => {
    const rows = [...PAGE.matchAll(/^\| ([\d, ]+) \| (\d{4}) \| `(\w+)` \|$/gm)].flatMap(
      ([, codes = '', code, word]) =>
        codes.split(', ').map(sip => [sip, { word, code: Number(code) }] as const),
    );
    expect(Object.fromEntries(rows)).toEqual(BY_SIP_CODE);
  });

  it('has every status of an error', () => {
    const [, errors = ''] = PAGE.split('## Errors');
    const rows = [...errors.matchAll(/^\| (\d{3}) \|/gm)].map(([, status]) => Number(status));
    expect(new Set(rows)).toEqual(new Set(Object.values(STATUSES)));
  });

  it('has every path', () => {
    const paths = new Set(routes.map(({ path }) => path.split('/').slice(4).join('/')));
    const said = [
      'Call',
      'Call/{callUuid}',
      'Call/{callUuid}/DTMF',
      'Call/{callUuid}/Speak',
      'Call/{callUuid}/Play',
      'Request/{requestUuid}',
      'Call/{callUuid}/Notification',
      'Application',
      'Application/{appId}',
      'Endpoint',
      'Endpoint/{endpointId}',
      'Number',
      'Number/{number}',
    ];
    expect(paths).toEqual(new Set(said));
  });

  it('has the limits that there are', () => {
    for (const [before, limit] of [
      ['Destinations of one request |', MAX_DESTINATIONS.toLocaleString('en')],
      ['`Speak` |', `${MAX_SPEAK_CHARACTERS.toLocaleString('en')} characters`],
      ['Request body, document | 64 kB,', `${MAX_DOCUMENT_BYTES / 1024} kB`],
      ['`ring_timeout` |', `1–${MAX_RING_TIMEOUT_SECONDS} s`],
      ['Name |', `1–${MAX_NAME_CHARACTERS} letters`],
      ['Value |', `1–${MAX_VALUE_CHARACTERS} letters`],
      ['`ClientRegion`; more than', `${MAX_HEADERS} (ours)`],
    ])
      expect(PAGE).toContain(`${before} ${limit}`);
  });
});
