import { afterEach, expect } from 'vitest';
import { createPlatform, type Platform } from '../../local/platform.ts';
import type { PlatformOptions } from '../../local/platform-options.ts';
import { SipPhone, until } from '../sma/support/sip-phone.ts';
import { busEventFault } from './bus-events.ts';
import { CustomerServer } from './customer-server.ts';
import { type BusEntry, OWN } from './test-platform.ts';

/** How long something may take that happens by itself, on a busy machine. */
const PATIENCE_MS = 20_000;

const LOOKS_BETWEEN_KEYS = 100;

/** The phones of a test, which lose no time. */
export const HANDSET = {
  caller: '+12025550100',
  callee: '+12025550101',
  busy: '+12025550102',
  presses: '+12025550103',
} as const;

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** After each test of a file: whatever was told of a call was told in its order, and its end once; and nothing broke. */
export function expectToldInOrder(platform: () => DialPlatform): void {
  afterEach(async () => {
    const test = platform();
    const { ends, inOrder } = await test.ended();
    const troubles = test.troubles.splice(0);
    await test.clear();
    expect({ ends: new Set(ends), inOrder: new Set(inOrder), troubles }).toEqual({
      ends: new Set([1]),
      inOrder: new Set([true]),
      troubles: [],
    });
  });
}

/** The whole platform with its SIP side, whose documents dial phones, and a customer's server. Real time, real sockets. */
export class DialPlatform {
  readonly platform: Platform;
  readonly customer: CustomerServer;
  /** Everything on the bus, in the order of its arrival. */
  readonly bus: BusEntry[] = [];
  readonly troubles: string[];
  #phones: SipPhone[] = [];
  /** Calls of tests that are over: what is told of them once more, half a minute later, is no other test's business. */
  readonly #past = new Set<string>();

  private constructor(platform: Platform, customer: CustomerServer, troubles: string[]) {
    this.platform = platform;
    this.customer = customer;
    this.troubles = troubles;
    platform.aws.eventBridge.putRule({
      busName: 'dialplane',
      name: 'test',
      pattern: { source: [{ exists: true }] },
      target: ({ 'detail-type': type, detail }) => {
        const entry = detail as BusEntry['detail'];
        if (this.#past.has(entry.call?.sid)) return;
        const fault = busEventFault(type, detail);
        if (fault !== undefined) this.troubles.push(fault);
        this.bus.push({ type, id: entry.metadata.id, detail: entry });
      },
    });
  }

  static async start(options: Pick<PlatformOptions, 'functions'> = {}): Promise<DialPlatform> {
    const customer = new CustomerServer(() => Date.now());
    const troubles: string[] = [];
    const [platform] = await Promise.all([
      createPlatform({
        ...options,
        sipPort: 0,
        callsPerSecond: 10,
        handsets: {
          [HANDSET.caller]: {},
          [HANDSET.callee]: {},
          [HANDSET.busy]: { sipCode: 486 },
          [HANDSET.presses]: { digits: '1', digitsAfterSeconds: 2 },
        },
        env: { LOG_LEVEL: 'silent' },
        log: (level, message, fields) => troubles.push(`${level} ${message} ${JSON.stringify(fields)}`),
      }),
      customer.listen(),
    ]);
    customer.authToken = platform.info.authToken;
    return new DialPlatform(platform, customer, troubles);
  }

  async phone(onCall?: SipPhone['onCall']): Promise<SipPhone> {
    const phone = await SipPhone.open();
    this.#phones.push(phone);
    phone.onCall = onCall ?? (invitation => phone.accept(invitation, { 'X-Agent': 'bob' }));
    return phone;
  }

  async api<T = Record<string, unknown>>(path: string, form?: Record<string, string>): Promise<T> {
    const { accountSid } = this.platform.info;
    const { status, body } = await this.#ask(`/2010-04-01/Accounts/${accountSid}/${path}`, form);
    if (status >= 400) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body as T;
  }

  /** What Restcomm's API answers. */
  restcomm(path: string, form?: Record<string, string>): Promise<Answer> {
    return this.#ask(`/restcomm/2012-04-24/Accounts/${this.platform.info.accountSid}/${path}`, form);
  }

  /** What Plivo's API answers. */
  plivo(path: string, json?: object): Promise<Answer> {
    return this.#ask(`/v1/Account/${this.platform.info.plivoAuthId}/${path}`, json && JSON.stringify(json));
  }

  /** The status that Plivo's API answers to a DELETE. */
  async plivoDeletes(path: string): Promise<number> {
    const { accountSid, authToken, plivoAuthId } = this.platform.info;
    const answer = await fetch(`${this.platform.url}/v1/Account/${plivoAuthId}/${path}`, {
      method: 'DELETE',
      headers: {
        authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
      },
    });
    return answer.status;
  }

  /** A GET, or a POST of a form or of JSON. */
  async #ask(path: string, posted?: Record<string, string> | string): Promise<Answer> {
    const { accountSid, authToken } = this.platform.info;
    const isJson = typeof posted === 'string';
    const answer = await fetch(this.platform.url + path, {
      method: posted === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
        ...(isJson && { 'content-type': 'application/json' }),
      },
      ...(posted !== undefined && { body: isJson ? posted : new URLSearchParams(posted) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  /** A handset is called, and its document dials. Gives back the call's SID. */
  async dials(nouns: string, attributes = ''): Promise<string> {
    const action = this.customer.on('/after', '<Response/>');
    const Twiml = `<Response><Dial action="${action}" ${attributes}>${nouns}</Dial></Response>`;
    const { sid } = await this.api<{ sid: string }>('Calls.json', { To: HANDSET.caller, From: OWN, Twiml });
    return sid;
  }

  /** The same by RCML, whose URLs are relative to its document's. */
  async dialsInRcml(nouns: string): Promise<string> {
    this.customer.on('/after', '<Response/>');
    const Url = this.customer.on('/rcml/voice', `<Response><Dial action="/after">${nouns}</Dial></Response>`);
    const { body } = await this.restcomm('Calls.json', { To: HANDSET.caller, From: OWN, Url });
    return body['sid'] as string;
  }

  /** The same in Plivo's XML; its action is told at `/after`, its callees' events and the call's end at `/events` and `/hangup`. Gives back the call's UUID. */
  async dialsInPlivo(nouns: string, attributes = ''): Promise<string> {
    const [action, events, hangup_url] = ['/after', '/events', '/hangup'].map(path =>
      this.customer.on(path, '<Response/>'),
    );
    const answer_url = this.customer.on(
      '/plivo',
      `<Response><Dial action="${action}" callbackUrl="${events}" ${attributes}>${nouns}</Dial></Response>`,
    );
    const { body } = await this.plivo('Call/', { from: OWN, to: HANDSET.caller, answer_url, hangup_url });
    return body['request_uuid'] as string;
  }

  /** What the action was told of the Dial of that call, by its SID or UUID, once it has been. */
  async afterDial(callSid: string): Promise<Record<string, string>> {
    const told = () =>
      this.customer
        .asked('/after')
        .find(({ parameters }) => [parameters['CallSid'], parameters['CallUUID']].includes(callSid));
    await this.until(() => told() !== undefined, 'the action is asked');
    return told()?.parameters ?? {};
  }

  /** As somebody does who is not heard at once. */
  async pressing(phone: SipPhone, key: string, isHeard: () => boolean): Promise<void> {
    let looks = 0;
    await this.until(() => {
      if (looks % LOOKS_BETWEEN_KEYS === 0) phone.press(key, 100 + looks * 6, 8_000 + looks * 960);
      looks++;
      return isHeard();
    }, `${key} is heard`);
  }

  /** The caller's leg is up, and the voice service has bridged it. */
  get callerTalks(): boolean {
    return this.platform.runtime.activeTransactions.some(({ legs }) =>
      legs.some(({ tag, state }) => tag === 'LEG-B' && state === 'connected'),
    );
  }

  async until(isSo: () => boolean, what: string): Promise<void> {
    const story = () => `${what}; ${this.story.join('; ')}; ${this.troubles.join('; ')}`;
    await until(isSo, what, PATIENCE_MS).catch(() => {
      throw new Error(`Waited in vain: ${story()}`);
    });
  }

  /** `0 Call Answered in-progress`: each event of a call, by the last digits of its SID, without repetitions. */
  get story(): string[] {
    const byId = new Map(this.bus.map(entry => [entry.id, entry]));
    return [...byId.values()]
      .filter(({ type }) => type.startsWith('Call '))
      .map(
        ({ type, detail }) =>
          `${Number.parseInt(detail.call.sid.slice(-4), 16)} ${type} ${detail.call.status}`,
      );
  }

  /** All that is up ends; then what was told of each call: how often it ended, and whether its numbers have no gap. */
  async ended(): Promise<{ ends: number[]; inOrder: boolean[] }> {
    for (const { number, state } of this.platform.handsets.list())
      if (state !== 'idle') this.platform.handsets.hangUp(number);
    for (const { agent } of this.#phones)
      for (const session of agent.sessions) if (session.dialog.state === 'confirmed') session.bye();
    // Of a call of the test before, something may be told when the next one has begun: what became of a callback, or of a Dial.
    const own = () => this.bus.filter(({ type }) => !type.startsWith('Callback'));
    const begins = (entries: BusEntry[]) =>
      entries.some(({ detail }) => detail.metadata.sequenceNumber === 0);
    const calls = () =>
      [
        ...Map.groupBy(
          new Map(own().map(entry => [entry.id, entry])).values(),
          e => e.detail.call.sid,
        ).values(),
      ].filter(begins);
    const isOver = (entries: BusEntry[]) => entries.some(({ type }) => type === 'Call Completed');
    await this.until(
      () => this.platform.runtime.activeTransactions.length === 0 && calls().every(isOver),
      'every call is over',
    );
    const each = calls();
    return {
      ends: each.map(entries => entries.filter(({ type }) => type === 'Call Completed').length),
      inOrder: each.map(entries => {
        const numbers = entries.map(({ detail }) => detail.metadata.sequenceNumber).sort((a, b) => a - b);
        return numbers.every((number, at) => number === at);
      }),
    };
  }

  /** For the end of each test. */
  async clear(): Promise<void> {
    await Promise.all(this.#phones.splice(0).map(phone => phone.close()));
    this.customer.reset();
    for (const { detail } of this.bus.splice(0)) this.#past.add(detail.call.sid);
  }

  async close(): Promise<void> {
    await this.platform.close();
    await this.customer.close();
  }
}
