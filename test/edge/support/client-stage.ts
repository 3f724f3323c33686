import { clientUri } from '../../../core/client.ts';
import type { SipTarget } from '../../../core/sip-target.ts';
import type { EdgeOptions } from '../../../edge/edge.ts';
import type { SipResponse } from '../../../sip/message/message.ts';
import type { Protocol } from '../../../sip/transport/transport.ts';
import { parseUri } from '../../../sip/uri/uri.ts';
import type { UserAgent } from '../../../sip/user-agent.ts';
import { EdgeStage, OUTSIDE, type Phone } from './edge-stage.ts';
import { MemoryClients } from './memory-clients.ts';

export const ACCOUNT = `AC${'1'.repeat(32)}`;
export const PASSWORD = 'correct-horse-battery';

export interface RegisterAs {
  name?: string;
  password?: string;
  /** The address-of-record, where it is not the client's own. */
  address?: string;
  contact?: string;
  seconds?: number;
  /** False: it does not answer a challenge. */
  credentials?: boolean;
  headers?: Record<string, string>;
}

/** An edge with clients: alice and bob of one account. */
export class ClientStage {
  readonly stage: EdgeStage;
  readonly clients: MemoryClients;

  private constructor(stage: EdgeStage, clients: MemoryClients) {
    this.stage = stage;
    this.clients = clients;
  }

  static async open(options: Partial<EdgeOptions> = {}): Promise<ClientStage> {
    const clients = new MemoryClients();
    clients.set(ACCOUNT, 'alice', PASSWORD);
    clients.set(ACCOUNT, 'bob', PASSWORD);
    return new ClientStage(await EdgeStage.open({ clients, ...options }), clients);
  }

  /** A phone somewhere. */
  async phone(address: string, take: Phone = () => {}, protocol: Protocol = 'UDP'): Promise<UserAgent> {
    const { network } = this.stage;
    const agent = await this.stage.agent(address, { transports: [network.transport(address, protocol)] });
    agent.onInvite = take;
    return agent;
  }

  /** What the edge answers in the end; undefined where it does not answer. */
  async register(phone: UserAgent, as: RegisterAs = {}): Promise<SipResponse | undefined> {
    const { name = 'alice', password = PASSWORD, contact, seconds = 600 } = as;
    const [transport] = phone.transport.transports;
    const protocol = transport?.protocol.toLowerCase() ?? 'udp';
    let answer: SipResponse | undefined;
    phone
      .request({
        method: 'REGISTER',
        uri: `sip:${ACCOUNT}`,
        nextHop: parseUri(`sip:${OUTSIDE};transport=${protocol}`),
        from: as.address ?? clientUri(ACCOUNT, name),
        to: as.address ?? clientUri(ACCOUNT, name),
        ...(contact !== undefined && contact !== '' && { contact }),
        headers: { Expires: String(seconds), ...as.headers },
        ...(as.credentials !== false && { credentials: () => ({ username: name, password }) }),
      })
      .then(
        response => {
          answer = response;
        },
        () => {},
      );
    await this.stage.clock.advance(100);
    return answer;
  }

  /** Plans a call to targets of which some are clients; the n-th other target rings at 10.2.0.n. */
  dialTo(...targets: Partial<SipTarget>[]) {
    return this.stage.plan(targets, { accountSid: ACCOUNT });
  }
}

export const client = (name: string): Partial<SipTarget> => ({
  client: name,
  uri: clientUri(ACCOUNT, name),
});
