import { expect } from 'vitest';
import { createPlatform, type Platform } from '../../local/platform.ts';
import { parseUri } from '../../sip/uri/uri.ts';
import type { InviteOptions } from '../../sip/user-agent.ts';
import { SipPhone } from '../sma/support/sip-phone.ts';
import { CustomerServer } from './customer-server.ts';

/** The account's own number that callers call. */
export const NUMBER = '+12025550110';
export const PASSWORD = 'correct-horse-battery';

/** The whole platform with its SIP edge, a customer's server, and phones that register and call in. Real time, real sockets. */
export class SipPlatform {
  readonly platform: Platform;
  readonly customer: CustomerServer;
  readonly #phones: SipPhone[] = [];

  private constructor(platform: Platform, customer: CustomerServer) {
    this.platform = platform;
    this.customer = customer;
  }

  static async open(): Promise<SipPlatform> {
    const customer = new CustomerServer(Date.now);
    const [platform] = await Promise.all([
      createPlatform({ sipPort: 0, callsPerSecond: 10, env: { LOG_LEVEL: 'silent' }, log: () => {} }),
      customer.listen(),
    ]);
    customer.authToken = platform.info.authToken;
    return new SipPlatform(platform, customer);
  }

  async close(): Promise<void> {
    await Promise.all(this.#phones.splice(0).map(phone => phone.close()));
    await Promise.all([this.platform.close(), this.customer.close()]);
  }

  /** The status that the API answers. */
  async api(method: string, path: string, body: object | URLSearchParams): Promise<number> {
    const isForm = body instanceof URLSearchParams;
    const answer = await fetch(this.platform.url + path, {
      method,
      headers: { ...this.#authorization, ...(!isForm && { 'content-type': 'application/json' }) },
      body: isForm ? body : JSON.stringify(body),
    });
    await answer.text();
    return answer.status;
  }

  /** What the API answers to a GET, or to a POST of a form. */
  async ask<T>(path: string, form?: Record<string, string>): Promise<{ status: number; body: T }> {
    const answer = await fetch(this.platform.url + path, {
      headers: this.#authorization,
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  }

  get #authorization(): { authorization: string } {
    const { accountSid, authToken } = this.platform.info;
    return { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` };
  }

  /** From now on the number's application is this document. */
  async voiceUrl(document: string): Promise<void> {
    const { accountSid } = this.platform.info;
    const path = `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers/PN${'0'.repeat(32)}.json`;
    const url = this.customer.on('/voice', `<Response>${document}</Response>`);
    expect(await this.api('POST', path, new URLSearchParams({ VoiceUrl: url }))).toBe(200);
  }

  /** Lets calls from this machine in over a trunk. */
  async trunk(): Promise<void> {
    const settings = { name: 'carrier', host: 'sip.example.com', inboundNetworks: ['127.0.0.1/32'] };
    expect(await this.api('POST', '/v1/trunks', settings)).toBe(201);
  }

  async client(name: string): Promise<void> {
    expect(await this.api('POST', '/v1/clients', { name, password: PASSWORD })).toBe(201);
  }

  async phone(): Promise<SipPhone> {
    const opened = await SipPhone.open();
    this.#phones.push(opened);
    return opened;
  }

  /** A client's phone, registered. */
  async clientPhone(name: string): Promise<SipPhone> {
    await this.client(name);
    const opened = await this.phone();
    const answer = await opened.agent.request({
      ...this.as(name),
      method: 'REGISTER',
      uri: `sip:${this.domain}`,
      to: `sip:${name}@${this.domain}`,
      headers: { Expires: '600' },
    });
    expect(answer.status).toBe(200);
    return opened;
  }

  /** The clients' domain. */
  get domain(): string {
    return this.platform.info.accountSid;
  }

  /** Where the edge listens. */
  get sipPort(): number {
    return this.platform.info.sip?.port ?? 0;
  }

  get edge() {
    return parseUri(`sip:127.0.0.1:${this.sipPort}`);
  }

  /** How a client's phone asks. */
  as(name: string): InviteOptions {
    return {
      from: `sip:${name}@${this.domain}`,
      nextHop: this.edge,
      credentials: () => ({ username: name, password: PASSWORD }),
    };
  }
}
