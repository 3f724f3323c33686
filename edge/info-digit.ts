import type { SipRequest } from '../sip/message/message.ts';

/** The key that an INFO tells of: `application/dtmf-relay` (`Signal=*`) or `application/dtmf` (`*`). */
export function infoDigit(request: SipRequest): string | undefined {
  const type = request.headers.get('Content-Type')?.toLowerCase() ?? '';
  const body = Buffer.from(request.body).toString('latin1').trim();
  if (type.startsWith('application/dtmf-relay'))
    return /^Signal\s*=\s*([0-9A-D*#]|1[01])\s*$/im.exec(body)?.[1]?.replace('10', '*').replace('11', '#');
  if (type.startsWith('application/dtmf')) return /^[0-9A-D*#]$/i.exec(body)?.[0];
  return undefined;
}
