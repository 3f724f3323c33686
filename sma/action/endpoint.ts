/** `Endpoints[0]` of CallAndBridge. */
import type { CallAndBridgeParameters } from '../contract/action.ts';
import { ERROR_MESSAGES } from '../contract/error-type.ts';
import { E164, MAX_ENDPOINT_URI_CHARACTERS, SAFE_ENDPOINT_URI_CHARACTERS } from '../contract/limits.ts';
import type { Destination } from '../network/phone-network.ts';
import { withPlus } from '../phone-number.ts';
import type { ActionError, CallFacts } from './action-definition.ts';
import { invalid, isAbsent, isRecord, type ParameterNames } from './parameters.ts';

export const ENDPOINT_NAMES: ParameterNames = { BridgeEndpointType: true, Arn: true, Uri: true };

const VOICE_CONNECTOR_ARN = /^arn:aws[a-zA-Z-]*:chime:[a-z0-9-]+:\d{12}:(vc|vcg)\/[a-z0-9-]+$/;
const USER_PART = /^[a-zA-Z0-9&=+$/%\-_!~*().]+$/;

type EndpointCheck = (endpoint: Record<string, unknown>, facts: CallFacts) => boolean;

/** What each type of endpoint must look like. */
const ENDPOINT_CHECKS: Record<string, EndpointCheck> = {
  PSTN: ({ Arn, Uri }) => isAbsent(Arn) && typeof Uri === 'string' && E164.test(Uri),
  AWS: ({ Arn, Uri }, facts) => {
    const fits =
      typeof Arn === 'string' &&
      VOICE_CONNECTOR_ARN.test(Arn) &&
      typeof Uri === 'string' &&
      Uri.length <= MAX_ENDPOINT_URI_CHARACTERS &&
      USER_PART.test(Uri);
    if (fits && Uri.length > SAFE_ENDPOINT_URI_CHARACTERS) {
      facts.warn(`An endpoint Uri of ${Uri.length} characters: some of the service's pages allow only 30.`);
    }
    return fits;
  },
};

export function checkEndpoint(endpoint: unknown, facts: CallFacts): ActionError | undefined {
  const error = invalid(ERROR_MESSAGES.endpointInvalid);
  if (!isRecord(endpoint)) return error;
  const type = String(endpoint['BridgeEndpointType']);
  const check = Object.hasOwn(ENDPOINT_CHECKS, type) ? ENDPOINT_CHECKS[type] : undefined;
  return check?.(endpoint, facts) ? undefined : error;
}

/** Of endpoints that have been checked. */
export function destinationOf([endpoint]: CallAndBridgeParameters['Endpoints']): Destination {
  const { Arn, Uri } = endpoint as CallAndBridgeParameters['Endpoints'][number];
  return isAbsent(Arn)
    ? { kind: 'number', number: withPlus(Uri) }
    : { kind: 'voice-connector', arn: Arn, user: Uri };
}
