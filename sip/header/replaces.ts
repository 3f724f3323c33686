import { Params } from '../grammar/params.ts';
import { CALL_ID } from './call-id.ts';
import { HeaderType } from './type.ts';

/** The dialog that an INVITE takes the place of (RFC 3891 §6.1). Immutable. */
export class Replaces {
  readonly callId: string;
  readonly params: Params;

  constructor(callId: string, params: Params) {
    this.callId = callId;
    this.params = params;
  }

  static of(dialog: { callId: string; toTag: string; fromTag: string; earlyOnly?: boolean }): Replaces {
    const params = Params.of({ 'to-tag': dialog.toTag, 'from-tag': dialog.fromTag });
    return new Replaces(dialog.callId, dialog.earlyOnly ? params.with('early-only') : params);
  }

  get toTag(): string {
    return this.params.get('to-tag') ?? '';
  }

  get fromTag(): string {
    return this.params.get('from-tag') ?? '';
  }

  get earlyOnly(): boolean {
    return this.params.has('early-only');
  }

  toString(): string {
    return `${this.callId}${this.params}`;
  }
}

export const REPLACES = new HeaderType('Replaces', scanner => {
  const start = scanner.position;
  const replaces = new Replaces(CALL_ID.read(scanner), Params.read(scanner));
  for (const tag of ['to-tag', 'from-tag']) {
    if (replaces.params.get(tag) === undefined) scanner.fail(`The parameter "${tag}" is missing`, start);
  }
  return replaces;
});
