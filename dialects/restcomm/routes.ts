/** The paths of this dialect: two prefixes, and `.json` after any of their segments. */
import type { ApiRequest, Route } from '../dialect.ts';
import { applicationRoutes } from './routes/applications.ts';
import { callRoutes } from './routes/calls.ts';
import { clientRoutes } from './routes/clients.ts';
import { numberRoutes } from './routes/numbers.ts';
import { PREFIXES, requireOwnAccount } from './spelling.ts';

const lines = [...callRoutes, ...applicationRoutes, ...clientRoutes, ...numberRoutes];

/** A segment that is a name of the platform's own takes `.json`; a place takes it within what it holds. */
function spellings(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .reduce<string[]>(
      (heads, segment) =>
        heads.flatMap(head =>
          segment.startsWith('{')
            ? [`${head}/${segment}`]
            : [`${head}/${segment}`, `${head}/${segment}.json`],
        ),
      [''],
    );
}

/** Every spelling of every path; the first of them is the one that is described. */
export const routes: readonly Route[] = PREFIXES.flatMap(prefix =>
  lines.flatMap(line =>
    spellings(`/Accounts/{accountSid}${line.path}`).map(spelled => {
      const path = `${prefix}${spelled}`;
      const first = `${PREFIXES[0]}/Accounts/{accountSid}${line.path}`;
      return {
        ...line,
        path,
        describes: path === first ? line.describes : { sameAs: first },
        decode: (request: ApiRequest) => {
          requireOwnAccount(request);
          return line.decode(request);
        },
      };
    }),
  ),
);
