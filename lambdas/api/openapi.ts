import type { ApiAnswer } from '../../dialects/dialect.ts';

/** Where everybody can read what the API takes and gives. */
export const OPENAPI_PATH = '/openapi.json';

/** The document, which is made when the code is built: `npm run openapi`. Only whoever asks for it loads it. */
export async function openApi(): Promise<ApiAnswer> {
  const { default: body } = await import('./openapi.json', { with: { type: 'json' } });
  return { status: 200, headers: { 'cache-control': 'public, max-age=300' }, body };
}
