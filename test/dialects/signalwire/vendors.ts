/** Both vendors' packages, as far as these tests use them. */
import { RestClient as Client } from '@signalwire/compatibility-api';
import twilio from 'twilio';

/** SignalWire's package is Twilio's older client underneath. */
export const RestClient = Client as unknown as {
  new (projectId: string, token: string, options: { signalwireSpaceUrl: string }): ReturnType<typeof twilio>;
  validateRequest: typeof twilio.validateRequest;
  LaML: { VoiceResponse: typeof twilio.twiml.VoiceResponse };
};

export { twilio };
