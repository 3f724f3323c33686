/**
 * What docs/compatibility.md is made of. A claim says what becomes of one attribute or parameter of a platform's page, and
 * has a test that proves just that: the page cannot say what no test says.
 */
import { describe, expect, it } from 'vitest';

type Proof = () => unknown;

export type Verdict = 'works' | { differs: string } | { refused: string };

export interface Claim {
  verdict: Verdict;
  proof: Proof;
}

/** Claims by what they are about (`<Sip>`, a request, a callback) and by the name that the platform's page has for it. */
export type Claims = Readonly<Record<string, Readonly<Record<string, Claim>>>>;

export interface Platform {
  title: string;
  /** The page of the platform that is followed. */
  source: string;
  claims: Claims;
}

/** As the platform's page has it. */
export const works = (proof: Proof): Claim => ({ verdict: 'works', proof });
/** @param how in a sentence without its full stop, in Markdown */
export const differs = (how: string, proof: Proof): Claim => ({ verdict: { differs: how }, proof });
/** @param error number and reason, in Markdown */
export const refused = (error: string, proof: Proof): Claim => ({ verdict: { refused: error }, proof });

/** One test for each claim, under the claim's name. */
export function prove({ title, claims }: Platform): void {
  describe(title, () => {
    for (const [subject, names] of Object.entries(claims)) {
      describe(subject, () => {
        for (const [name, { verdict, proof }] of Object.entries(names)) {
          it(`${name} ${inWords(verdict)}`, async () => {
            await proof();
            // A proof that looked at nothing proves nothing.
            expect.hasAssertions();
          });
        }
      });
    }
  });
}

/** Names that are claimed nothing of, and names that no page has: `<Sip>: codecs`. */
export function unclaimed(expected: Readonly<Record<string, readonly string[]>>, claims: Claims): string[] {
  return Object.entries(expected).flatMap(([subject, names]) =>
    names.filter(name => claims[subject]?.[name] === undefined).map(name => `${subject}: ${name}`),
  );
}

/** docs/compatibility.md, whole. */
export function compatibilityPage(platforms: readonly Platform[]): string {
  return [INTRODUCTION, ...platforms.map(section)].join('\n');
}

const INTRODUCTION = `<!-- Written by npm run compatibility, from test/compatibility. -->
# Compatibility

What becomes of each attribute and parameter of the platforms' own pages. Every line has a test of that name: *works* is as the
platform's page has it, *differs* says how, *refused* with which error. The pages of the
[dialects](architecture.md#folders) say the rest.
`;

function section({ title, source, claims }: Platform): string {
  const tables = Object.entries(claims).map(([subject, names]) =>
    [
      `### ${subject}`,
      '',
      '| Name | Here |',
      '|---|---|',
      ...Object.entries(names).map(([name, { verdict }]) => `| \`${name}\` | ${inWords(verdict)} |`),
      '',
    ].join('\n'),
  );
  return [`## ${title}`, '', source, '', ...tables].join('\n');
}

function inWords(verdict: Verdict): string {
  if (verdict === 'works') return 'works';
  return 'differs' in verdict ? `differs: ${verdict.differs}` : `refused: ${verdict.refused}`;
}
