import { isAll, TOKEN } from './characters.ts';
import { SipInjectionError } from './errors.ts';
import { headerSyntax, type ParamSyntax, uriSyntax } from './param-syntax.ts';
import { quote } from './quoting.ts';
import type { Scanner } from './scanner.ts';
import { lowerCase } from './text.ts';

/** Up to here looking through a list is quicker than a set; hostile messages have thousands. */
const FEW = 16;

/** One parameter, and the one after it. */
class Param {
  readonly key: string;
  readonly name: string;
  readonly raw: string | undefined;
  next: Param | undefined;

  constructor(key: string, name: string, raw: string | undefined) {
    this.key = key;
    this.name = name;
    this.raw = raw;
    this.next = undefined;
  }
}

/** Parameters in order. Most have one or two, for which an array would take twice the room. */
class Chain {
  first: Param | undefined;
  last: Param | undefined;

  constructor() {
    this.first = undefined;
    this.last = undefined;
  }

  add(key: string, name: string, raw: string | undefined): void {
    const param = new Param(key, name, raw);
    if (this.last === undefined) this.first = param;
    else this.last.next = param;
    this.last = param;
  }
}

function find(first: Param | undefined, key: string): Param | undefined {
  let param = first;
  while (param !== undefined && param.key !== key) param = param.next;
  return param;
}

function* keys(first: Param | undefined): IterableIterator<string> {
  for (let param = first; param !== undefined; param = param.next) yield param.key;
}

/**
 * The `;name=value` parameters of a header field value or a URI: in order, names without case, immutable.
 * What was read is written again as it stood.
 */
export class Params implements Iterable<readonly [name: string, value: string | undefined]> {
  readonly #first: Param | undefined;
  readonly #syntax: ParamSyntax;

  private constructor(first: Param | undefined, syntax: ParamSyntax) {
    this.#first = first;
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
    for (const name of Object.keys(values)) {
      const value = values[name];
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

  static readonly none: Params = new Params(undefined, headerSyntax);
  static readonly noneOfUri: Params = new Params(undefined, uriSyntax);

  /** Reads `*( ";" parameter )`; a name that comes twice with two values is an error (RFC 3261 §7.3.1, §19.1.1). */
  static read(scanner: Scanner, syntax: ParamSyntax = headerSyntax): Params {
    if (!syntax.accept(scanner, ';')) return syntax === headerSyntax ? Params.none : Params.noneOfUri;
    const chain = new Chain();
    let count = 0;
    let seen: Set<string> | undefined;
    do {
      const start = scanner.position;
      const name = syntax.name(scanner);
      const key = lowerCase(syntax.decode(name));
      const raw = syntax.accept(scanner, '=') ? syntax.value(scanner) : undefined;
      if (count === FEW) seen = new Set(keys(chain.first));
      const known = seen?.has(key) === false ? undefined : find(chain.first, key);
      if (known === undefined) {
        chain.add(key, name, raw);
        count += 1;
        seen?.add(key);
        // baresip 1.0 writes `;transport=udp;transport=udp`; only two values would leave it open which one counts.
      } else if (known.raw !== raw)
        scanner.fail(`The parameter "${name}" comes twice with two values`, start);
    } while (syntax.accept(scanner, ';'));
    return new Params(chain.first, syntax);
  }

  get size(): number {
    let size = 0;
    for (let param = this.#first; param !== undefined; param = param.next) size += 1;
    return size;
  }

  has(name: string): boolean {
    return find(this.#first, lowerCase(name)) !== undefined;
  }

  /** The value without quotes and escapes; `undefined` where the parameter is absent or a flag (see `has`). */
  get(name: string): string | undefined {
    const raw = find(this.#first, lowerCase(name))?.raw;
    return raw === undefined ? undefined : this.#syntax.decode(raw);
  }

  /** A copy in which `name` has `value` in quotes, for those that RFCs want quoted whatever they say. */
  withQuoted(name: string, value: string): Params {
    return Params.#put(this, name, quote(value));
  }

  /** A copy in which `name` has `value`, or is a flag where `value` is left out. */
  with(name: string, value?: string | number): Params {
    return Params.#put(this, name, value === undefined ? undefined : this.#syntax.encode(String(value)));
  }

  // Static, as private methods of an instance are written into each that is made.
  static #put(params: Params, name: string, raw: string | undefined): Params {
    const syntax = params.#syntax;
    if (syntax === headerSyntax && !isAll(TOKEN, name)) {
      throw new SipInjectionError('A parameter name', 'characters outside a token');
    }
    const key = lowerCase(name);
    const encoded = syntax.encodeName(name);
    const chain = new Chain();
    let isNew = true;
    for (let param = params.#first; param !== undefined; param = param.next) {
      if (param.key === key) {
        chain.add(key, encoded, raw);
        isNew = false;
      } else chain.add(param.key, param.name, param.raw);
    }
    if (isNew) chain.add(key, encoded, raw);
    return new Params(chain.first, syntax);
  }

  /** A copy without `name`. */
  without(name: string): Params {
    const key = lowerCase(name);
    if (find(this.#first, key) === undefined) return this;
    const chain = new Chain();
    for (let param = this.#first; param !== undefined; param = param.next)
      if (param.key !== key) chain.add(param.key, param.name, param.raw);
    return new Params(chain.first, this.#syntax);
  }

  *[Symbol.iterator](): IterableIterator<readonly [name: string, value: string | undefined]> {
    for (let param = this.#first; param !== undefined; param = param.next)
      yield [param.key, param.raw === undefined ? undefined : this.#syntax.decode(param.raw)];
  }

  /** `;name=value;flag`, ready to stand after what it belongs to. */
  toString(): string {
    let text = '';
    for (let param = this.#first; param !== undefined; param = param.next)
      text += param.raw === undefined ? `;${param.name}` : `;${param.name}=${param.raw}`;
    return text;
  }
}
