/** Numbers of what is wrong with documents: Plivo's codes of how calls end. */
import type { RequestPurpose } from '../../../core/document.ts';
import { NOTIFICATION } from '../../../core/notification.ts';
import type { DocumentFault } from '../../dialect.ts';
import { HANGUP_CAUSES, type HangupCode } from '../hangup-causes.ts';

/** Whatever is wrong in a document has one code. */
const INVALID = 8011;

export const CODE = {
  invalidUrl: INVALID,
  tooLarge: INVALID,
  empty: INVALID,
  notXml: INVALID,
  xmlVersion: INVALID,
  root: INVALID,
  schema: INVALID,
  contentType: INVALID,
  noBaseUrl: INVALID,
  notSupported: INVALID,
  actionUrl: 7022,
  redirectUrl: 7024,
  actionMethod: 7032,
  redirectMethod: 7034,
} as const;

/** A document that cannot be had, and one that cannot be carried out, by what it was asked for. */
export const DOCUMENT_CODES = {
  unreachable: { first: 7011, screening: 7011, ringback: 7011, action: 7012, update: 7013, redirect: 7014 },
  invalid: {
    first: INVALID,
    screening: INVALID,
    ringback: INVALID,
    action: 8012,
    update: 8013,
    redirect: 8014,
  },
} as const satisfies Record<DocumentFault['reason'], Record<RequestPurpose, HangupCode>>;

/** A URL or a method in a document has a code of its own; all else counts by what the document was asked for. */
export function codeOf({ reason, code }: DocumentFault, purpose: RequestPurpose): number {
  const isOwn = code in HANGUP_CAUSES && code !== INVALID;
  return isOwn ? code : DOCUMENT_CODES[reason][purpose];
}

/** What the engine itself notes. */
export const ENGINE_CODES: Readonly<Record<number, HangupCode>> = {
  [NOTIFICATION.tooManyDocuments]: 2060,
  [NOTIFICATION.dialInScreening]: INVALID,
  [NOTIFICATION.inTurn]: INVALID,
  [NOTIFICATION.notAudio]: INVALID,
  [NOTIFICATION.callerIdRefused]: INVALID,
  [NOTIFICATION.callRefused]: 5000,
  [NOTIFICATION.dialRefused]: 5020,
  [NOTIFICATION.actionFailed]: 5010,
};
