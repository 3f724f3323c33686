import { createUserAgent, type UserAgent, type UserAgentOptions } from '../../../sip/user-agent.ts';
import { seededRandom, VirtualClock } from './virtual-clock.ts';
import { ScriptedPeer, VirtualNetwork } from './virtual-network.ts';

export const OFFER =
  'v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
export const ANSWER =
  'v=0\r\no=- 2 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 4002 RTP/AVP 0\r\n';
export const HOLD = OFFER.replace('- 1 1', '- 1 2').concat('a=sendonly\r\n');

/** Agents and scripted peers on one virtual network and clock: alice is 10.0.0.1, bob 10.0.0.2. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly network = new VirtualNetwork(this.clock);
  readonly random = seededRandom(1);

  async agent(address: string, options: Partial<UserAgentOptions> = {}): Promise<UserAgent> {
    const agent = createUserAgent({
      transports: [this.network.transport(address)],
      clock: this.clock,
      random: this.random,
      ...options,
    });
    await agent.start();
    return agent;
  }

  peer(address: string): Promise<ScriptedPeer> {
    return ScriptedPeer.at(this.network, address);
  }

  /** Runs what is due now. */
  settle(): Promise<void> {
    return this.clock.advance(0);
  }
}
