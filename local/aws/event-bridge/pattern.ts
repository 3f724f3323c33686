import { matcherOf } from './matchers.ts';

/** Does an event (the whole envelope, as a rule sees it) match? */
export type EventPattern = (event: unknown) => boolean;

/** A pattern that the service would refuse; the message says where in the pattern. */
export class InvalidEventPatternError extends Error {
  override readonly name = 'InvalidEventPatternException';
}

/**
 * Compiles an event pattern (user guide, "Creating Amazon EventBridge event patterns").
 *
 * All fields of an object must match; an array lists alternatives for one leaf; `$or` lists alternatives for several fields. Where the
 * event has an array, one element is enough, and nested fields are looked for in one and the same element.
 *
 * @throws {InvalidEventPatternError}
 */
export function compilePattern(pattern: unknown): EventPattern {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new InvalidEventPatternError(
      'Event pattern is not valid. Reason: it must be an object with at least one field.',
    );
  }
  return compileObject(pattern, []);
}

function compileObject(pattern: Record<string, unknown>, path: readonly string[]): EventPattern {
  const parts = Object.entries(pattern).map(([field, inner]) =>
    field === '$or' ? compileOr(inner, path) : compileField(field, inner, [...path, field]),
  );
  const all = (value: unknown) => parts.every(part => part(value));
  return value => (Array.isArray(value) ? value.some(all) : all(value));
}

function compileOr(alternatives: unknown, path: readonly string[]): EventPattern {
  if (!Array.isArray(alternatives) || alternatives.length < 2 || !alternatives.every(isObject)) {
    throw invalid([...path, '$or'], '$or needs an array of at least two objects');
  }
  const parts = alternatives.map(alternative => compileObject(alternative, path));
  return value => parts.some(part => part(value));
}

function compileField(field: string, inner: unknown, path: readonly string[]): EventPattern {
  const match = isObject(inner) ? compileObject(inner, path) : compileLeaf(inner, path);
  return value => match(isObject(value) && Object.hasOwn(value, field) ? value[field] : undefined);
}

function compileLeaf(alternatives: unknown, path: readonly string[]): EventPattern {
  if (!Array.isArray(alternatives))
    throw invalid(path, 'a field is matched by an object or by an array of alternatives');
  if (alternatives.length === 0) throw invalid(path, 'empty arrays are not allowed');
  const matchers = alternatives.map(alternative => {
    try {
      return matcherOf(alternative);
    } catch (error) {
      throw invalid(path, (error as Error).message);
    }
  });
  return value => leavesOf(value).some(leaf => matchers.some(matches => matches(leaf)));
}

/** What a leaf matcher is shown: each element of an array, `undefined` where there is nothing, nothing at all for an object. */
function leavesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.length === 0 ? [undefined] : value.flatMap(leavesOf);
  return isObject(value) ? [] : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(path: readonly string[], reason: string): InvalidEventPatternError {
  return new InvalidEventPatternError(
    `Event pattern is not valid. Reason: ${reason} (at ${path.join('.')}).`,
  );
}
