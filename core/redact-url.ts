/** A URL as it may be shown in errors and logs: no credentials, no query, no fragment. */
export function redactUrl(text: string | URL): string {
  const url = URL.parse(String(text));
  if (url === null) return '(unreadable URL)';
  return `${url.protocol}//${url.host}${url.pathname}${url.search === '' ? '' : '?…'}`;
}
