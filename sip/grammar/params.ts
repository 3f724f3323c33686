import { isAll, isIn, PARAM_VALUE, TOKEN, URI_PARAM } from './characters.ts';
import { SipInjectionError } from './errors.ts';
import { quote, quoteIfNeeded, unquote } from './quoting.ts';
import type { Scanner } from './scanner.ts';
import { percentDecode, percentEncode } from './text.ts';

/** How the parameters of one place are written: in a header field value, or in a URI. */
interface ParamSyntax {
  /** Reads a name and, after its `=`, a value; both as they stand. */
  readonly name: (scanner: Scanner) => string;
  readonly value: (scanner: Scanner) => string;
  /** Passes `;` or `=`, with the white space that may stand around it, and says whether it was there. */
  readonly accept: (scanner: Scanner, character: string) => boolean;
  readonly decode: (raw: string) => string;
  readonly encodeName: (name: string) => string;
  readonly encode: (value: string) => string;
}

const keepInUri = (code: number): boolean => isIn(URI_PARAM, code);

/** generic-param of RFC 3261 §25.1: `;name`, `;name=token`, `;name="text"`. */
export const headerSyntax: ParamSyntax = {
  name: scanner => scanner.token('a parameter name'),
  value: scanner =>
    scanner.text[scanner.position] === '"'
      ? scanner.quoted('a parameter value')
      : scanner.some(PARAM_VALUE, 'a parameter value'),
  accept: (scanner, character) => scanner.accept(character),
  decode: unquote,
  encodeName: name => name,
  encode: quoteIfNeeded,
};

/** uri-parameter of RFC 3261 §25.1: no spaces, no quotes, percent escapes. */
export const uriSyntax: ParamSyntax = {
  name: scanner => someEscaped(scanner, 'a URI parameter name'),
  value: scanner => someEscaped(scanner, 'a URI parameter value'),
  accept: (scanner, character) => {
    if (scanner.text[scanner.position] !== character) return false;
    scanner.position += 1;
    return true;
  },
  decode: percentDecode,
  encodeName: name => percentEncode(name, keepInUri),
  encode: value => percentEncode(value, keepInUri),
};

function someEscaped(scanner: Scanner, what: string): string {
  const text = scanner.escapedRun(URI_PARAM);
  if (text === '') scanner.fail(`Expected ${what}`);
  return text;
}

/** Up to here looking through a list is quicker than a set; hostile messages have thousands. */
const FEW = 16;

interface Entry {
  readonly key: string;
  readonly name: string;
  readonly raw: string | undefined;
}

const noEntries: Entry[] = [];

/**
 * The `;name=value` parameters of a header field value or a URI: in order, names without case, immutable.
 * What was read is written again as it stood.
 */
export class Params implements Iterable<readonly [name: string, value: string | undefined]> {
  readonly #entries: readonly Entry[];
  readonly #syntax: ParamSyntax;

  private constructor(entries: readonly Entry[], syntax: ParamSyntax) {
    this.#entries = entries;
    this.#syntax = syntax;
  }

  /** Parameters of a header field value. A value that is no token is quoted; `undefined` or `true` makes a flag. */
  static of(values: Readonly<Record<string, string | number | true | undefined>> = {}): Params {
    return Params.#from(values, headerSyntax);
  }

  /** Parameters of a URI. What may not stand there is percent-encoded. */
  static ofUri(values: Readonly<Record<string, string | number | true | undefined>> = {}): Params {
    return Params.#from(values, uriSyntax);
  }

  static #from(
    values: Readonly<Record<string, string | number | true | undefined>>,
    syntax: ParamSyntax,
  ): Params {
    let params = syntax === headerSyntax ? Params.none : Params.noneOfUri;
    for (const [name, value] of Object.entries(values)) {
      params = params.with(name, value === true ? undefined : value);
    }
    return params;
  }

  /** The same parameters as a URI writes them, whatever they were made for. */
  static forUri(params: Params): Params {
    return params.#syntax === uriSyntax ? params : Params.#rewritten(params, Params.noneOfUri);
  }

  /** The same parameters as a header field value writes them, whatever they were made for. */
  static forHeader(params: Params): Params {
    return params.#syntax === headerSyntax ? params : Params.#rewritten(params, Params.none);
  }

  static #rewritten(params: Params, into: Params): Params {
    let rewritten = into;
    for (const [name, value] of params) rewritten = rewritten.with(name, value);
    return rewritten;
  }

  static readonly none: Params = new Params([], headerSyntax);
  static readonly noneOfUri: Params = new Params([], uriSyntax);

  /** Reads `*( ";" parameter )`; a name that comes twice with two values is an error (RFC 3261 §7.3.1, §19.1.1). */
  static read(scanner: Scanner, syntax: ParamSyntax = headerSyntax): Params {
    const { accept } = syntax;
    if (!accept(scanner, ';')) return syntax === headerSyntax ? Params.none : Params.noneOfUri;
    let entries = noEntries;
    let seen: Set<string> | undefined;
    do {
      const start = scanner.position;
      const name = syntax.name(scanner);
      const key = syntax.decode(name).toLowerCase();
      const raw = accept(scanner, '=') ? syntax.value(scanner) : undefined;
      if (entries.length === FEW) seen = new Set(entries.map(entry => entry.key));
      const known = seen?.has(key) === false ? undefined : entries.find(entry => entry.key === key);
      if (known === undefined) {
        const entry = { key, name, raw };
        // As with the values of a header: most have one, and no room for more is kept.
        if (entries === noEntries) entries = [entry];
        else entries.push(entry);
        seen?.add(key);
        // baresip 1.0 writes `;transport=udp;transport=udp`; only two values would leave it open which one counts.
      } else if (known.raw !== raw)
        scanner.fail(`The parameter "${name}" comes twice with two values`, start);
    } while (accept(scanner, ';'));
    return new Params(entries, syntax);
  }

  get size(): number {
    return this.#entries.length;
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** The value without quotes and escapes; `undefined` where the parameter is absent or a flag (see `has`). */
  get(name: string): string | undefined {
    const raw = this.#find(name)?.raw;
    return raw === undefined ? undefined : this.#syntax.decode(raw);
  }

  /** A copy in which `name` has `value` in quotes, for those that RFCs want quoted whatever they say. */
  withQuoted(name: string, value: string): Params {
    return this.#put(name, quote(value));
  }

  /** A copy in which `name` has `value`, or is a flag where `value` is left out. */
  with(name: string, value?: string | number): Params {
    return this.#put(name, value === undefined ? undefined : this.#syntax.encode(String(value)));
  }

  #put(name: string, raw: string | undefined): Params {
    if (this.#syntax === headerSyntax && !isAll(TOKEN, name)) {
      throw new SipInjectionError('A parameter name', 'characters outside a token');
    }
    const key = name.toLowerCase();
    const entry = { key, name: this.#syntax.encodeName(name), raw };
    const at = this.#entries.findIndex(known => known.key === key);
    return new Params(at < 0 ? [...this.#entries, entry] : this.#entries.with(at, entry), this.#syntax);
  }

  /** A copy without `name`. */
  without(name: string): Params {
    const key = name.toLowerCase();
    return new Params(
      this.#entries.filter(entry => entry.key !== key),
      this.#syntax,
    );
  }

  *[Symbol.iterator](): IterableIterator<readonly [name: string, value: string | undefined]> {
    for (const { key, raw } of this.#entries)
      yield [key, raw === undefined ? undefined : this.#syntax.decode(raw)];
  }

  /** `;name=value;flag`, ready to stand after what it belongs to. */
  toString(): string {
    let text = '';
    for (const { name, raw } of this.#entries) text += raw === undefined ? `;${name}` : `;${name}=${raw}`;
    return text;
  }

  #find(name: string): Entry | undefined {
    const key = name.toLowerCase();
    return this.#entries.find(entry => entry.key === key);
  }
}
