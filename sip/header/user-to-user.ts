import { Params } from '../grammar/params.ts';
import { quoteIfNeeded, unquote } from '../grammar/quoting.ts';
import { HeaderType } from './type.ts';

/** Opaque data from one user to the other, in hexadecimal unless `encoding` says otherwise (RFC 7433 §4.1). */
export class UserToUser {
  readonly data: string;
  readonly params: Params;

  constructor(data: string, params: Params = Params.none) {
    this.data = data;
    this.params = params;
  }

  /** Lower case; hexadecimal unless told. */
  get encoding(): string {
    return this.params.get('encoding')?.toLowerCase() ?? 'hex';
  }

  get purpose(): string | undefined {
    return this.params.get('purpose');
  }

  get content(): string | undefined {
    return this.params.get('content');
  }

  toString(): string {
    return `${quoteIfNeeded(this.data)}${this.params}`;
  }
}

export const USER_TO_USER = new HeaderType('User-to-User', scanner => {
  const data = scanner.at('"') ? scanner.quoted('data') : scanner.token('data');
  return new UserToUser(unquote(data), Params.read(scanner));
});
