import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** Which folders each folder may import from, besides itself. The whole architecture hangs on it. */
const LAW: Readonly<Record<string, readonly string[]>> = {
  core: ['sma/contract'],
  dialects: ['core'],
  aws: ['core'],
  web: ['core'],
  sip: [],
  rtp: [],
  edge: ['core', 'sip', 'rtp', 'aws'],
  sma: ['sip', 'rtp'],
  lambdas: ['core', 'dialects', 'aws', 'web', 'sip'],
  local: ['core', 'dialects', 'aws', 'web', 'sip', 'edge', 'sma', 'lambdas', 'console'],
  lib: [],
  bin: ['lib', 'sip', 'dialects', 'lambdas'],
  console: [],
};

const IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

function sourcesIn(folder: string): string[] {
  try {
    return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => /\.m?ts$/.test(name))
      .map(name => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, target = '']) =>
    relative(ROOT, join(ROOT, dirname(file), target)),
  );
}

const within = (file: string, folder: string) => file === folder || file.startsWith(`${folder}/`);

describe('the import law', () => {
  for (const [folder, allowed] of Object.entries(LAW)) {
    it(`lets ${folder}/ import ${allowed.length === 0 ? 'nothing but itself' : [...allowed].join(', ')}`, () => {
      const offences = sourcesIn(folder).flatMap(file =>
        importsOf(file)
          .filter(target => ![folder, ...allowed].some(other => within(target, other)))
          .map(target => `${file} imports ${target}`),
      );

      expect(offences).toEqual([]);
    });
  }
});
