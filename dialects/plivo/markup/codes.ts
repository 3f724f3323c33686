/**
 * Plivo has one code for whatever is wrong with a document: that of an answer's. What an action, a transfer or a redirect
 * brought has one of its own, which is told where the call ends: see ../hangup-causes.ts.
 */
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
