/**
 * What the tests use of SignalWire's client. Its package has types, but does not export them; the parts that are named after
 * Twilio's client are the same.
 */
declare module '@signalwire/compatibility-api' {
  import type { Twilio, validateRequest } from 'twilio';

  interface CompatibilityClient extends Pick<Twilio, 'calls' | 'incomingPhoneNumbers'> {
    /** Where its requests go. */
    api: { baseUrl: string };
  }

  export const RestClient: {
    (projectId: string, token: string, options: { signalwireSpaceUrl: string }): CompatibilityClient;
    validateRequest: typeof validateRequest;
  };
}
