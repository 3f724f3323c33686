/** A mistake of whoever started the tool: printed as it is, one sentence, no stack. */
export class UserError extends Error {
  override name = 'UserError';
}
