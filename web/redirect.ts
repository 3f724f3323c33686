/** What a redirect changes of a request. */
export interface Redirectable {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** Redirect statuses, and whether each keeps the method and body (RFC 9110 §15.4). */
const redirectStatuses: Readonly<Record<number, 'keeps' | 'post-becomes-get' | 'becomes-get'>> = {
  301: 'post-becomes-get',
  302: 'post-becomes-get',
  303: 'becomes-get',
  307: 'keeps',
  308: 'keeps',
};

/** Whether an answer sends its client elsewhere. */
export function isRedirect(status: number): boolean {
  return status in redirectStatuses;
}

/**
 * The request to make after a redirect with this status. Form parameters are not carried into a GET: the
 * cXML reference says that `Digits` are lost there.
 *
 * @param crossesOrigin then what was meant for the first server alone (Authorization, Cookie) is left out.
 */
export function redirected(request: Redirectable, status: number, crossesOrigin: boolean): Redirectable {
  const rule = redirectStatuses[status];
  const becomesGet =
    rule === 'becomes-get'
      ? request.method !== 'HEAD'
      : rule === 'post-becomes-get' && request.method === 'POST';
  const left = Object.entries(request.headers).filter(
    ([name]) =>
      !(becomesGet && name.startsWith('content-')) &&
      !(crossesOrigin && (name === 'authorization' || name === 'cookie')),
  );
  return {
    method: becomesGet ? 'GET' : request.method,
    headers: Object.fromEntries(left),
    body: becomesGet ? undefined : request.body,
  };
}
