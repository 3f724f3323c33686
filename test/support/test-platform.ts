import { expect } from 'vitest';
import { EagerClock } from '../../local/clock/eager-clock.ts';
import { createPlatform, type Platform, type PlatformOptions } from '../../local/platform.ts';
import { busEventFault } from './bus-events.ts';
import { CustomerServer } from './customer-server.ts';

/** The account's own numbers of the local platform, and its phones by what they do. */
export const OWN = '+12025550110';
export const PHONE = {
  answers: '+12025550100',
  busy: '+12025550101',
  ringsOn: '+12025550102',
  rejects: '+12025550103',
  unreachable: '+12025550104',
  presses: '+12025550105',
  leavesSoon: '+12025550106',
  answersLate: '+12025550107',
} as const;

/** What a caller hears while the Dial of a document rings, unless it says otherwise. */
export const RINGING = 'ring/us.wav';

export interface ApiAnswer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

export interface ApiRequest {
  method?: string;
  json?: unknown;
  form?: Record<string, string | string[]>;
  /** As it is, with whatever `headers` say of it. */
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  /** `user:password`; the account's own when left out. */
  credentials?: string;
}

export interface BusEntry {
  type: string;
  id: string;
  detail: Record<string, unknown> & {
    metadata: { id: string; sequenceNumber: number };
    call: { sid: string; status: string; direction: string };
    callback?: { subscribed: true; event: string; sequenceNumber: number };
  };
}

/** The whole platform on virtual time, a customer's server, and what a test says to them. */
export class TestPlatform {
  readonly platform: Platform;
  readonly clock: EagerClock;
  readonly customer: CustomerServer;
  /** Everything on the bus, in the order of its arrival. */
  readonly bus: BusEntry[] = [];
  /** Events that are not as their published schemas have them. */
  readonly malformed: string[] = [];
  /** What went wrong inside. */
  readonly troubles: string[];

  private constructor(platform: Platform, clock: EagerClock, customer: CustomerServer, troubles: string[]) {
    this.platform = platform;
    this.clock = clock;
    this.customer = customer;
    this.troubles = troubles;
    platform.aws.eventBridge.putRule({
      busName: 'dialplane',
      name: 'test',
      pattern: { source: [{ exists: true }] },
      target: ({ 'detail-type': type, detail }) => {
        const { metadata } = detail as BusEntry['detail'];
        const fault = busEventFault(type, detail);
        if (fault !== undefined) this.malformed.push(fault);
        this.bus.push({ type, id: metadata.id, detail: detail as BusEntry['detail'] });
      },
    });
  }

  static async start(options: PlatformOptions = {}): Promise<TestPlatform> {
    const clock = new EagerClock();
    const customer = new CustomerServer(() => clock.now());
    const troubles: string[] = [];
    const [platform] = await Promise.all([
      createPlatform({
        clock,
        callsPerSecond: 10,
        sma: { quotas: { createCallsPerSecond: 10, concurrentLegs: 200, updateCallsPerSecond: 50 } },
        log: (level, message, fields) => troubles.push(`${level} ${message} ${JSON.stringify(fields)}`),
        ...options,
        env: { LOG_LEVEL: 'silent', ...options.env },
      }),
      customer.listen(),
    ]);
    customer.authToken = platform.info.authToken;
    return new TestPlatform(platform, clock, customer, troubles);
  }

  get account(): string {
    return this.platform.info.accountSid;
  }

  /** `/2010-04-01/Accounts/AC…` */
  get accountPath(): string {
    return `/2010-04-01/Accounts/${this.account}`;
  }

  async api<T = Record<string, unknown>>(path: string, request: ApiRequest = {}): Promise<ApiAnswer<T>> {
    const { json, form, credentials = `${this.account}:${this.platform.info.authToken}` } = request;
    const body = json !== undefined ? JSON.stringify(json) : form ? formOf(form) : request.body;
    const answer = await fetch(this.platform.url + path, {
      method: request.method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(credentials !== '' && {
          authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
        }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(body !== undefined && { body }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? (undefined as T) : JSON.parse(text),
    };
  }

  /** `POST /voice/call/callback`, with every callback subscribed to. Gives back A's SID at once. */
  async callback(a: string, b: string, more: object = {}): Promise<string> {
    const { status, body } = await this.api<{ request_id: string }>('/voice/call/callback', {
      json: {
        leg_A: { to: a, from: OWN },
        leg_B: { to: b, from: OWN },
        status_callback: `${this.customer.url}/status`,
        ...more,
      },
    });
    expect({ status, body }).toMatchObject({ status: 200, body: { code: 0 } });
    return `CA${body.request_id.replaceAll('-', '')}`;
  }

  /** `POST …/Calls.json`. Gives back the call's SID at once. */
  async call(to: string, parameters: Record<string, string | string[]>): Promise<string> {
    const { status, body } = await this.api<{ sid: string }>(`${this.accountPath}/Calls.json`, {
      form: { To: to, From: OWN, ...parameters },
    });
    expect({ status, body }).toMatchObject({ status: 201 });
    return body.sid;
  }

  /** A call's resource as it is now. */
  async read(callSid: string): Promise<Record<string, unknown>> {
    return (await this.api(`${this.accountPath}/Calls/${callSid}.json`)).body;
  }

  update(callSid: string, form: Record<string, string>): Promise<ApiAnswer> {
    return this.api(`${this.accountPath}/Calls/${callSid}.json`, { form });
  }

  /** Changes what a number of the account does with its calls. */
  async number(e164: string, form: Record<string, string>): Promise<void> {
    const sid = `PN${Number(e164.slice(-1)).toString(16).padStart(32, '0')}`;
    const { status } = await this.api(`${this.accountPath}/IncomingPhoneNumbers/${sid}.json`, { form });
    expect(status).toBe(200);
  }

  /** Everything that happens by itself has happened. */
  settled(): Promise<void> {
    return this.clock.settled();
  }

  /** Status callbacks in words, sorted: `A completed busy`, or `3 completed` in the cXML dialect. */
  told(path = '/status'): string[] {
    return this.customer
      .asked(path)
      .map(({ parameters: p }) =>
        p['leg'] === undefined
          ? `${p['SequenceNumber']} ${p['CallStatus']}`
          : `${p['leg']} ${p['event']} ${p['state']}`,
      )
      .sort();
  }

  /** Events of one call, without repetitions, in the order of their numbers. */
  events(callSid: string): BusEntry[] {
    const own = this.bus.filter(
      ({ type, detail }) => detail.call.sid === callSid && !type.startsWith('Callback'),
    );
    const byId = new Map(own.map(entry => [entry.id, entry]));
    return [...byId.values()].sort(
      (a, b) => a.detail.metadata.sequenceNumber - b.detail.metadata.sequenceNumber,
    );
  }

  /** `Call Completed busy` and so on. */
  story(callSid: string): string[] {
    return this.events(callSid).map(({ type, detail }) => `${type}: ${detail.call.status}`);
  }

  heard(phone: string): string[] {
    return this.platform.handsets
      .get(phone)
      .heard.map(heard =>
        heard.kind === 'text' ? heard.text : heard.kind === 'audio' ? heard.key : heard.digits,
      );
  }

  /** Hangs up whatever is up, forgets what was seen. For the end of each test. */
  async clear(): Promise<void> {
    for (const { number, state } of this.platform.handsets.list()) {
      if (state !== 'idle') this.platform.handsets.hangUp(number);
    }
    await this.settled();
    const forged = this.customer.requests
      .filter(({ genuine }) => !genuine)
      .map(({ method, url }) => `${method} ${url}`);
    const left = this.platform.runtime.activeTransactions;
    const troubles = this.troubles.splice(0);
    this.customer.reset();
    this.bus.splice(0);
    const malformed = this.malformed.splice(0);
    expect({ forged, left, troubles, malformed }).toEqual({
      forged: [],
      left: [],
      troubles: [],
      malformed: [],
    });
  }

  async close(): Promise<void> {
    await this.platform.close();
    await this.customer.close();
  }
}

function formOf(form: Record<string, string | string[]>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(form).flatMap(([name, value]) =>
      [value].flat().map((each): [string, string] => [name, each]),
    ),
  );
}
