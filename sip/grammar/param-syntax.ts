import { isIn, PARAM_VALUE, URI_PARAM } from './characters.ts';
import { quoteIfNeeded, unquote } from './quoting.ts';
import type { Scanner } from './scanner.ts';
import { percentDecode, percentEncode } from './text.ts';

/** How the parameters of one place are written: in a header field value, or in a URI. */
export interface ParamSyntax {
  /** Reads a name and, after its `=`, a value; both as they stand. */
  name(scanner: Scanner): string;
  value(scanner: Scanner): string;
  /** Passes `;` or `=`, with the white space that may stand around it, and says whether it was there. */
  accept(scanner: Scanner, character: string): boolean;
  decode(raw: string): string;
  encodeName(name: string): string;
  encode(value: string): string;
}

// Classes and not two objects of functions: calls of methods are compiled into their caller, calls of properties are not.

class HeaderSyntax implements ParamSyntax {
  name(scanner: Scanner): string {
    return scanner.token('a parameter name');
  }

  value(scanner: Scanner): string {
    return scanner.at('"')
      ? scanner.quoted('a parameter value')
      : scanner.some(PARAM_VALUE, 'a parameter value');
  }

  accept(scanner: Scanner, character: string): boolean {
    return scanner.accept(character);
  }

  decode(raw: string): string {
    return unquote(raw);
  }

  encodeName(name: string): string {
    return name;
  }

  encode(value: string): string {
    return quoteIfNeeded(value);
  }
}

class UriSyntax implements ParamSyntax {
  name(scanner: Scanner): string {
    return someEscaped(scanner, 'a URI parameter name');
  }

  value(scanner: Scanner): string {
    return someEscaped(scanner, 'a URI parameter value');
  }

  accept(scanner: Scanner, character: string): boolean {
    return scanner.take(character);
  }

  decode(raw: string): string {
    return percentDecode(raw);
  }

  encodeName(name: string): string {
    return percentEncode(name, keepInUri);
  }

  encode(value: string): string {
    return percentEncode(value, keepInUri);
  }
}

const keepInUri = (code: number): boolean => isIn(URI_PARAM, code);

function someEscaped(scanner: Scanner, what: string): string {
  const text = scanner.escapedRun(URI_PARAM);
  if (text === '') scanner.fail(`Expected ${what}`);
  return text;
}

/** generic-param of RFC 3261 §25.1: `;name`, `;name=token`, `;name="text"`. */
export const headerSyntax: ParamSyntax = new HeaderSyntax();

/** uri-parameter of RFC 3261 §25.1: no spaces, no quotes, percent escapes. */
export const uriSyntax: ParamSyntax = new UriSyntax();
