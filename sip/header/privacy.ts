import { HeaderType } from './type.ts';

/** What a caller wants hidden: `id`, `header`, `session`, `user`, `none`, `critical`, `history` (RFC 3323 §4.2, RFC 3325 §9.3). */
export class Privacy {
  /** Lower case. */
  readonly values: readonly string[];

  constructor(values: readonly string[]) {
    this.values = values.map(value => value.toLowerCase());
  }

  has(value: string): boolean {
    return this.values.includes(value.toLowerCase());
  }

  toString(): string {
    return this.values.join(';');
  }
}

export const PRIVACY = new HeaderType('Privacy', scanner => {
  const values: string[] = [];
  do values.push(scanner.token('a privacy value'));
  while (
    // RFC 3323 separates the values by semicolons; senders that use commas are meant the same way.
    scanner.accept(';') ||
    scanner.accept(',')
  );
  return new Privacy(values);
});
