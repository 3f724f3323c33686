import type { Prompt } from '../media/prompt.ts';
import type { Line } from '../network/phone-network.ts';
import type { AudioPort } from '../rtp/audio-port.ts';
import type { ConnectorCall } from './connector-call.ts';

/** What every line of a connector does the same way. */
export abstract class ConnectorLine implements Line {
  protected readonly call: ConnectorCall;

  constructor(call: ConnectorCall) {
    this.call = call;
  }

  abstract ring(earlyMedia: boolean): void;
  abstract answer(): void;
  abstract hangUp(sipCode: number): void;

  get audio(): AudioPort | undefined {
    return this.call.audio;
  }

  play(prompt: Prompt): void {
    this.call.audio?.play(prompt);
  }

  stopPlaying(): void {
    this.call.audio?.stopPlaying();
  }

  sendDigits(digits: string, toneMs: number): void {
    this.call.audio?.sendDigits(digits, toneMs);
  }
}
