/** Plivo's own client, unmodified, against the platform. Its base URL cannot be changed, so its connections are led to us. */
import plivo from 'plivo';
import { leadPlivoTo } from '../../examples/support/plivo.ts';

/** What a test uses of the client; its own types say `any` where it counts. */
export interface PlivoClient {
  calls: {
    create(from: string, to: string | string[], answerUrl: string, options?: object): Promise<PlivoAnswer>;
    get(uuid: string): Promise<PlivoAnswer>;
    list(options?: object): Promise<PlivoAnswer[] & { meta?: Record<string, unknown> }>;
    hangup(uuid: string): Promise<unknown>;
    transfer(uuid: string, options: object): Promise<PlivoAnswer>;
    cancel(uuid: string): Promise<unknown>;
    sendDigits(uuid: string, digits: string, options?: object): Promise<PlivoAnswer>;
    speakText(uuid: string, text: string, options?: object): Promise<PlivoAnswer>;
    stopSpeakingText(uuid: string): Promise<unknown>;
    playMusic(uuid: string, urls: string, options?: object): Promise<PlivoAnswer>;
    stopPlayingMusic(uuid: string): Promise<unknown>;
    listLiveCalls(options?: object): Promise<PlivoAnswer[]>;
    getLiveCall(uuid: string): Promise<PlivoAnswer>;
    listQueuedCalls(): Promise<PlivoAnswer[]>;
    getQueuedCall(uuid: string): Promise<PlivoAnswer>;
  };
  applications: {
    create(name: string, options?: object): Promise<PlivoAnswer>;
    get(id: string): Promise<PlivoAnswer>;
    list(options?: object): Promise<PlivoAnswer[]>;
    update(id: string, options: object): Promise<PlivoAnswer>;
    delete(id: string, options?: object): Promise<unknown>;
  };
  numbers: {
    get(number: string): Promise<PlivoAnswer>;
    list(options?: object): Promise<PlivoAnswer[]>;
    update(number: string, options: object): Promise<PlivoAnswer>;
  };
  endpoints: {
    create(username: string, password: string, alias: string, appId?: string): Promise<PlivoAnswer>;
    get(id: string): Promise<PlivoAnswer>;
    list(options?: object): Promise<PlivoAnswer[]>;
    update(id: string, options: object): Promise<PlivoAnswer>;
    delete(id: string): Promise<unknown>;
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the client makes objects of whatever an answer holds.
export type PlivoAnswer = Record<string, any>;

export function plivoClient(url: string, authId: string, authToken: string): PlivoClient {
  leadPlivoTo(url);
  return new plivo.Client(authId, authToken) as unknown as PlivoClient;
}
