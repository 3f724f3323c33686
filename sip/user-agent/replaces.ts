import { dialogId } from '../dialog/dialog.ts';
import { REPLACES } from '../header/replaces.ts';
import type { SipRequest } from '../message/message.ts';
import type { Session } from '../session/session.ts';

/** Which session an INVITE wants to take the place of, or the status that refuses it (RFC 3891 §3). */
export type Replacement =
  | { readonly kind: 'none' }
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'refused'; readonly status: number };

/** Looks for the dialog of a Replaces header among ours. `find` gets the name of a dialog from our side. */
export function replacement(request: SipRequest, find: (id: string) => Session | undefined): Replacement {
  const all = request.headers.all('Replaces');
  if (all.length === 0) return { kind: 'none' };
  if (all.length > 1) return { kind: 'refused', status: 400 };
  const replaces = request.headers.read(REPLACES);
  if (replaces === undefined) return { kind: 'refused', status: 400 };
  // to-tag and from-tag are those of the request as it would come to us: our tag is its To tag.
  const session = find(dialogId(replaces.callId, replaces.toTag, replaces.fromTag));
  if (session === undefined) return { kind: 'refused', status: 481 };
  const { state, isUac } = session.dialog;
  if (state === 'terminated') return { kind: 'refused', status: 603 };
  if (state === 'confirmed' && replaces.earlyOnly) return { kind: 'refused', status: 486 };
  // An early dialog can be replaced only at the side that called.
  if (state === 'early' && !isUac) return { kind: 'refused', status: 481 };
  return { kind: 'session', session };
}
