/** A runtime whose Voice Connector speaks real SIP and RTP on loopback, in real time, with SIP phones to talk to. */

import { type Clock, systemClock } from '../../../sma/clock.ts';
import type { SmaEvent } from '../../../sma/contract/event.ts';
import { createHandsets, type Handsets } from '../../../sma/network/handsets.ts';
import type { SmaOptions } from '../../../sma/options.ts';
import { seededRandom } from '../../../sma/random.ts';
import {
  type AudioObject,
  createSmaRuntime,
  type LegMediaReport,
  type SmaRuntime,
} from '../../../sma/runtime.ts';
import type { TraceEntry } from '../../../sma/trace.ts';
import type { OriginationRoute } from '../../../sma/voice-connector/origination-route.ts';
import { createVoiceConnector, type VoiceConnector } from '../../../sma/voice-connector/voice-connector.ts';
import { ACCOUNT_NUMBER, ANSWERS, SMA_ID, summary } from './scene.ts';
import { SipPhone, until } from './sip-phone.ts';
import { wavOf } from './wav.ts';

export const HOST = '127.0.0.1';
export const ARN = 'arn:aws:chime:us-east-1:111122223333:vc/abcdef1ghij2klmno3pqr4';

export type SipHandler = (event: SmaEvent, scene: SipScene) => unknown;

export interface SipSceneSettings {
  options?: Partial<SmaOptions>;
  terminationNetworks?: string[];
  hostName?: string;
  /** Of the SIP rule, where that is another. */
  ruledHostName?: string;
  audio?: Record<string, AudioObject>;
  clock?: Clock;
  /** No SIP rule takes the connector's calls: they go to the handsets. */
  toPhones?: true;
  ports?: { least: number; most: number };
}

/** Closed by `close`, which leaves no socket. */
export class SipScene {
  readonly events: SmaEvent[] = [];
  readonly trace: TraceEntry[] = [];
  readonly media: LegMediaReport[] = [];
  readonly errors: unknown[] = [];
  readonly phones: SipPhone[] = [];
  readonly runtime: SmaRuntime;
  readonly handsets: Handsets;
  readonly connector: VoiceConnector;

  private constructor(handler: SipHandler, settings: SipSceneSettings) {
    const { options = {}, clock = systemClock } = settings;
    const audio: Record<string, AudioObject> = {
      'hello.wav': { bytes: wavOf(0.2), contentType: 'audio/wav' },
      ...settings.audio,
    };
    this.handsets = createHandsets({ clock, inbound: (call, line) => this.runtime.inbound(call, line) });
    this.connector = createVoiceConnector({
      arn: ARN,
      hostName: settings.hostName ?? HOST,
      listen: { address: HOST, port: 0 },
      routes: [],
      terminationNetworks: settings.terminationNetworks ?? ['127.0.0.0/8'],
      clock,
      random: Math.random,
      inbound: (call, line) => this.runtime.inbound(call, line),
      options,
      telephone: { network: this.handsets.network, ownsNumber: number => number === ACCOUNT_NUMBER },
      rtpPorts: settings.ports,
      onError: error => this.errors.push(error),
    });
    this.runtime = createSmaRuntime({
      clock,
      random: seededRandom(1),
      network: {
        dial: (call, events) =>
          (call.to.kind === 'number' ? this.handsets : this.connector).network.dial(call, events),
      },
      audio: async (_bucket, key) => audio[key],
      awsAccountId: '111122223333',
      region: 'us-east-1',
      options: { quotas: 'none', ...options },
      onTrace: entry => this.trace.push(entry),
      onLegMedia: report => this.media.push(report),
    });
    this.runtime.addApplication({
      sipMediaApplicationId: SMA_ID,
      numbers: [ACCOUNT_NUMBER],
      hostNames: settings.toPhones ? [] : [settings.ruledHostName ?? settings.hostName ?? HOST],
      invoke: async event => {
        this.events.push(event);
        return await handler(event, this);
      },
    });
  }

  static async open(handler: SipHandler, settings: SipSceneSettings = {}): Promise<SipScene> {
    const scene = new SipScene(handler, settings);
    await scene.connector.start();
    return scene;
  }

  async phone(): Promise<SipPhone> {
    const phone = await SipPhone.open();
    this.phones.push(phone);
    return phone;
  }

  /** Sends the connector's calls to these phones, the first first. */
  routeTo(...phones: { port: number; protocol?: 'UDP' | 'TCP' }[]): void {
    this.connector.setRoutes(
      phones.map(({ port, protocol = 'UDP' }, at): OriginationRoute => {
        return { host: HOST, port, protocol, priority: at + 1, weight: 1 };
      }),
    );
  }

  /** A handset calls the application. */
  dial(): void {
    this.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
  }

  /** Waits until the handler has had so many events. */
  async tellsOf(count: number): Promise<string[]> {
    await until(() => this.events.length >= count, `${count} events; there are ${this.told.join('; ')}`);
    return this.told;
  }

  /** `sip:` URI of the connector for a user. */
  uri(user = '+17035550122'): string {
    return `sip:${user}@${HOST}:${this.connector.local.port}`;
  }

  get told(): string[] {
    return this.events.map(summary);
  }

  async close(): Promise<void> {
    this.runtime.close();
    await this.connector.close();
    await Promise.all(this.phones.map(phone => phone.close()));
  }
}

/** CallAndBridge to a user behind the connector. */
export const toSip = (user: string, more: object = {}): [string, object] => [
  'CallAndBridge',
  {
    CallerIdNumber: ACCOUNT_NUMBER,
    Endpoints: [{ BridgeEndpointType: 'AWS', Arn: ARN, Uri: user }],
    ...more,
  },
];
