/** Reads what a handler answered, the way the service does. */
import type { Action } from '../contract/action.ts';
import { SCHEMA_VERSION } from '../contract/event.ts';
import { MAX_ACTIONS_PER_RESPONSE, MAX_TRANSACTION_ATTRIBUTES_NAMED_IN_ERROR } from '../contract/limits.ts';
import type { SmaOptions } from '../options.ts';

export interface ReadResponse {
  /** Undefined where the handler left `Actions` out, or null. */
  actions: Action[] | undefined;
  /** Undefined where they stay as they are. */
  attributes: Record<string, string> | undefined;
  warnings: string[];
}

/** What INVALID_LAMBDA_RESPONSE says. */
export interface InvalidResponse {
  errorType: string;
  errorMessage: string;
}

/**
 * Messages are the service's. Of the types only `SchemaVersionMismatch` and `TransactionAttributesInvalidMapSize` have been seen;
 * the others are named after their messages.
 */
const INVALID = {
  blank: { errorType: 'ResponseEmpty', errorMessage: 'Response is blank or empty' },
  schema: {
    errorType: 'SchemaVersionMismatch',
    errorMessage:
      'The schema version in the invocation request does not match the schema version in the response.',
  },
  unreadable: { errorType: 'ActionsListInvalid', errorMessage: 'Error while reading actions list.' },
  tooMany: { errorType: 'TooManyActions', errorMessage: 'Too many actions specified in a response.' },
  attributes: {
    errorType: 'TransactionAttributesInvalidMapSize',
    errorMessage: `Transaction Attributes has too many mappings. Maximum number of mappings is ${MAX_TRANSACTION_ATTRIBUTES_NAMED_IN_ERROR}`,
  },
  attributesSize: {
    errorType: 'TransactionAttributesInvalidSize',
    errorMessage: 'Transaction Attributes are too large.',
  },
  attributesShape: {
    errorType: 'TransactionAttributesInvalid',
    errorMessage: 'Transaction Attributes could not be read.',
  },
} as const;

const unsupported = (name: string): InvalidResponse => ({
  errorType: 'UnsupportedAction',
  errorMessage: `Unsupported action ${name} specified`,
});

/** The log line for NEW_INBOUND_CALL without actions; it is not an invalid response. */
export const ACTIONS_LIST_EMPTY = 'Actions list is empty.';

/** The answer's actions and attributes, or why the service cannot use it. */
export function readResponse(
  answer: unknown,
  options: SmaOptions,
  isSupported: (actionType: string) => boolean,
): ReadResponse | { invalid: InvalidResponse } {
  if (answer === undefined || answer === null || answer === '') return { invalid: INVALID.blank };
  if (typeof answer !== 'object' || Array.isArray(answer)) return { invalid: INVALID.unreadable };
  const { SchemaVersion, Actions, TransactionAttributes } = answer as Record<string, unknown>;
  if (SchemaVersion !== SCHEMA_VERSION) return { invalid: INVALID.schema };

  const actions = Actions ?? undefined;
  if (actions !== undefined) {
    if (!Array.isArray(actions) || !actions.every(isActionShaped)) return { invalid: INVALID.unreadable };
    if (actions.length > MAX_ACTIONS_PER_RESPONSE) return { invalid: INVALID.tooMany };
    const stranger = actions.find(action => !isSupported(action.Type));
    if (stranger !== undefined) return { invalid: unsupported(stranger.Type) };
  }

  const warnings: string[] = [];
  const attributes = TransactionAttributes ?? undefined;
  if (attributes !== undefined) {
    if (typeof attributes !== 'object' || Array.isArray(attributes)) {
      return { invalid: INVALID.attributesShape };
    }
    const pairs = Object.keys(attributes).length;
    if (pairs > options.attributeLimit) return { invalid: INVALID.attributes };
    if (Buffer.byteLength(JSON.stringify(attributes)) > options.attributeBytes) {
      return { invalid: INVALID.attributesSize };
    }
    if (pairs > MAX_TRANSACTION_ATTRIBUTES_NAMED_IN_ERROR) {
      warnings.push(
        `${pairs} TransactionAttributes: the service's own error text allows ${MAX_TRANSACTION_ATTRIBUTES_NAMED_IN_ERROR}.`,
      );
    }
    if (Object.values(attributes).some(value => typeof value !== 'string')) {
      warnings.push('TransactionAttributes hold something that is not a string, which is not documented.');
    }
  }
  return {
    actions: actions as Action[] | undefined,
    attributes: attributes as Record<string, string> | undefined,
    warnings,
  };
}

/** `Parameters` may be left out (Hangup needs none). */
function isActionShaped(action: unknown): action is { Type: string; Parameters?: object } {
  if (typeof action !== 'object' || action === null) return false;
  const { Type, Parameters } = action as Record<string, unknown>;
  const parametersFit =
    Parameters === undefined ||
    Parameters === null ||
    (typeof Parameters === 'object' && !Array.isArray(Parameters));
  return typeof Type === 'string' && parametersFit;
}
