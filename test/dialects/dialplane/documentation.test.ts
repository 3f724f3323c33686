/** docs/trunks-and-routes.md says what the code does: its requests, its patterns, its errors and its limits. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_CLIENTS } from '../../../core/client.ts';
import { matchesNumber } from '../../../core/number-pattern.ts';
import { MAX_ROUTES, rewritten } from '../../../core/route.ts';
import { IDENTITY_HEADERS } from '../../../core/sip-header.ts';
import {
  MAX_INBOUND_NETWORKS,
  MAX_TRUNK_CALLER_IDS,
  MAX_TRUNK_HEADERS,
  MAX_TRUNKS,
} from '../../../core/trunk.ts';
import { dialplane } from '../../../dialects/dialplane/index.ts';
import { HTTP_STATUSES } from '../../../dialects/problem-status.ts';
import { decode } from './support.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/trunks-and-routes.md'), 'utf8');

/** The rows of a table, found by its first line; each cell's quoted words. */
function rows(head: string): string[][][] {
  const lines = PAGE.slice(PAGE.indexOf(head)).split('\n').slice(2);
  const end = lines.findIndex(line => !line.startsWith('|'));
  return lines.slice(0, end).map(line =>
    line
      .split('|')
      .slice(1, -1)
      .map(cell => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)),
  );
}

describe('The page', () => {
  it('has requests that are taken as they stand', () => {
    const curls = [...PAGE.matchAll(/curl -u \$AUTH (-X PUT )?\$API(\/v1\/\S+) [^']*'[^']*' -d '([^']*)'/g)];

    expect(curls).toHaveLength(7);
    for (const [, put, path = '', body = ''] of curls) {
      const line = put ? 'PUT /v1/clients/{name}' : `POST ${path}`;
      expect(decode(line, JSON.parse(body), { name: 'alice' })).toBeDefined();
    }
  });

  it('has every request there is', () => {
    const documented = [...PAGE.matchAll(/^\| `(\w+ \/v1\/[^`]*)` \|/gm)].map(([, line]) => line);

    expect(documented.sort()).toEqual(dialplane.routes.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it('has patterns that match what it says, and nothing that it says they do not', () => {
    const table = rows('| Pattern | Matches |');

    expect(table).toHaveLength(5);
    for (const [[pattern = ''] = [], like = [], unlike = []] of table) {
      expect(like.map(number => matchesNumber(pattern, number))).toEqual(like.map(() => true));
      expect(unlike.map(number => matchesNumber(pattern, number))).toEqual(unlike.map(() => false));
    }
  });

  it('has numbers that are rewritten as it says', () => {
    const table = [
      ...PAGE.matchAll(/^\| `([^`]+)` \| (\d+) \| (?:`([^`]+)`)? ?\| `([^`]+)` \| `([^`]+)` \|$/gm),
    ];

    expect(table).toHaveLength(4);
    for (const [, pattern = '', strip, prepend = '', dialled = '', sent] of table) {
      expect(matchesNumber(pattern, dialled)).toBe(true);
      expect(rewritten(dialled, { strip: Number(strip), prepend })).toBe(sent);
    }
  });

  it('has errors with the HTTP status that they have', () => {
    const table = [...PAGE.matchAll(/^\| (\d{3}) \| (.+?) \|/gm)].flatMap(([, status, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => [code, Number(status)] as const),
    );

    expect(table.length).toBeGreaterThan(10);
    expect(table.filter(([code, status]) => HTTP_STATUSES[code as 'conflict'] !== status)).toEqual([]);
  });

  it('has the limits that there are', () => {
    const limits: [string, number][] = [
      ['trunks', MAX_TRUNKS],
      ['routes', MAX_ROUTES],
      ['clients', MAX_CLIENTS],
      ['`headers` of a trunk', MAX_TRUNK_HEADERS],
      ['`callerIds` of a trunk', MAX_TRUNK_CALLER_IDS],
      ['`inboundNetworks` of a trunk', MAX_INBOUND_NETWORKS],
    ];

    for (const [name, limit] of limits) expect(PAGE).toContain(`| ${name} | ${limit.toLocaleString('en')}`);
  });

  it('has every header that tells who calls', () => {
    expect([...IDENTITY_HEADERS].filter(name => !PAGE.toLowerCase().includes(`\`${name}\``))).toEqual([]);
  });
});
