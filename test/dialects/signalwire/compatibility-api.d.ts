/** SignalWire's client has types that its package.json does not lead to; it is Twilio's older client underneath. */
declare module '@signalwire/compatibility-api' {
  import type twilio from 'twilio';

  export const RestClient: {
    new (
      projectId: string,
      token: string,
      options: { signalwireSpaceUrl: string },
    ): ReturnType<typeof twilio>;
    validateRequest: typeof twilio.validateRequest;
    LaML: { VoiceResponse: typeof twilio.twiml.VoiceResponse };
  };
}
