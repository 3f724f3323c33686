import { readFileSync } from 'node:fs';
import { type OpenApiDocument, openApiDocument } from '../../dialects/openapi.ts';
import { MAX_IDEMPOTENCY_KEY_CHARACTERS } from '../../lambdas/api/limits.ts';
import { DIALECTS } from '../../lambdas/dialects.ts';

/** The OpenAPI document of all that the API serves, from the tables that it serves by. */
export function wholeDocument(): OpenApiDocument {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return openApiDocument({
    version,
    apis: DIALECTS,
    maxIdempotencyKey: MAX_IDEMPOTENCY_KEY_CHARACTERS,
  });
}

/** As it stands in the file. */
export const asText = (document: OpenApiDocument): string => `${JSON.stringify(document, undefined, 2)}\n`;
