/** Reading parameters as the service does: numbers come as JSON numbers or as numeric strings. */
import { ERROR_MESSAGES } from '../contract/error-type.ts';
import type { ActionError } from './action-definition.ts';

export type Parameters = Readonly<Record<string, unknown>>;

/** Known names; a nested object (or each item of a list of objects) has its own. `true` is any value. */
export interface ParameterNames {
  readonly [name: string]: true | ParameterNames;
}

export const LEG_SELECTOR: ParameterNames = { CallId: true, ParticipantTag: true };

export const invalid = (errorMessage: string): ActionError => ({
  errorType: 'InvalidActionParameter',
  errorMessage,
});

export const missing = (errorMessage: string): ActionError => ({
  errorType: 'MissingRequiredActionParameter',
  errorMessage,
});

export const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A whole number, from a number or a numeric string; NaN for anything else. */
export function wholeNumber(value: unknown): number {
  if (typeof value === 'string' && !/^-?\d+$/.test(value)) return Number.NaN;
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isInteger(number) ? number : Number.NaN;
}

/** As `wholeNumber`, with a default for a parameter that was left out. */
export const wholeNumberOr = (value: unknown, otherwise: number): number =>
  isAbsent(value) ? otherwise : wholeNumber(value);

export const isBetween = (number: number, least: number, most: number): boolean =>
  number >= least && number <= most;

const KEYS = '0123456789#*';
/** A list of keys, as TerminatorDigits and PlaybackTerminators are. */
export const isKeyList = (value: unknown): value is string[] =>
  Array.isArray(value) &&
  value.every(key => typeof key === 'string' && key.length === 1 && KEYS.includes(key));

/** The first parameter that has a name the action does not know, as an error that names it. */
export function unknownParameter(
  parameters: Parameters,
  known: ParameterNames,
  path = '',
): ActionError | undefined {
  for (const [name, value] of Object.entries(parameters)) {
    const inner = Object.hasOwn(known, name) ? known[name] : undefined;
    if (inner === undefined) return invalid(ERROR_MESSAGES.unknownParameter(`${path}${name}`));
    if (inner === true) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      const error = isRecord(item) ? unknownParameter(item, inner, `${path}${name}.`) : undefined;
      if (error !== undefined) return error;
    }
  }
  return undefined;
}
