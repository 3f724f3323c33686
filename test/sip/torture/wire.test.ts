import { describe, expect, test } from 'vitest';
import { SipParseError } from '../../../sip/message/errors.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import type { Endpoint, Flow, Transport, TransportReceiver } from '../../../sip/transport/transport.ts';
import { createUserAgent } from '../../../sip/user-agent.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { messages } from './messages.ts';

/** Status that a user agent answers each section with; `undefined` where it must say nothing. */
const answers: Readonly<Record<string, number | undefined>> = {
  // Methods and extensions that the agent does not know are refused above the parser.
  '3.1.1.2': 405,
  '3.1.1.4': 405,
  '3.1.1.5': 405,
  '3.1.1.8': 405,
  '3.1.1.11': 405,
  '3.1.1.12': undefined,
  '3.1.1.13': undefined,
  '3.1.2.5': undefined,
  '3.1.2.16': 505,
  '3.1.2.19': undefined,
  '3.2.1': 200,
  '3.3.1': 400,
  '3.3.2': 416,
  '3.3.3': 416,
  '3.3.4': 400,
  '3.3.5': 420,
  '3.3.6': 415,
  '3.3.7': 405,
  '3.3.8': 400,
  '3.3.9': 400,
  '3.3.10': undefined,
  '3.3.11': 200,
  '3.3.12': 405,
  '3.3.13': 405,
  '3.3.14': 405,
  '3.3.15': 406,
  '3.4.1': 486,
};

/** What the agent answers where no section says otherwise: it takes OPTIONS, is busy for calls, refuses bad syntax. */
function expectedFor(section: string, text: string): number | undefined {
  // Where a response would go is in the Via that cannot be read.
  if (text.includes('a.example.org;;;')) return undefined;
  if (section in answers) return answers[section];
  if (section.startsWith('3.1.2.')) return 400;
  return text.startsWith('OPTIONS') ? 200 : 486;
}

/** A wire with a stranger at its other end. */
class Wire implements Transport {
  readonly protocol = 'UDP';
  readonly local = { address: '203.0.113.1', port: 5060 };
  readonly open = true;
  readonly sent: Buffer[] = [];
  #receiver: TransportReceiver | undefined;

  async listen(receiver: TransportReceiver): Promise<void> {
    this.#receiver = receiver;
  }

  async flowTo(remote: Endpoint): Promise<Flow> {
    return this.#flow(remote);
  }

  arrive(bytes: Buffer): void {
    this.#receiver?.message(bytes, this.#flow({ address: '203.0.113.99', port: 5060 }));
  }

  async close(): Promise<void> {}

  #flow(remote: Endpoint): Flow {
    const { local, sent } = this;
    return { protocol: 'UDP', local, remote, open: true, send: bytes => void sent.push(bytes) };
  }
}

describe('a user agent that gets a torture message', () => {
  test.each(messages)('of §$section ($about) answers as the section says', async ({ section, bytes }) => {
    const wire = new Wire();
    const clock = new VirtualClock();
    const agent = createUserAgent({ transports: [wire], clock });
    agent.onInvite = invitation => invitation.reject(486);
    await agent.start();

    wire.arrive(bytes);
    await clock.advance(100);
    const statuses = wire.sent
      .map(parseMessage)
      .map(message => (message.isRequest ? message.method : message.status));
    await agent.close();

    expect(statuses[0]).toBe(expectedFor(section, bytes.toString()));
  });

  test('cut off anywhere goes on as before', async () => {
    const wire = new Wire();
    const clock = new VirtualClock();
    const agent = createUserAgent({
      transports: [wire],
      clock,
      onMalformed: error => expect(error).toBeInstanceOf(SipParseError),
    });
    await agent.start();

    for (const { bytes } of messages) {
      for (let length = 0; length < Math.min(bytes.length, 400); length += 7)
        wire.arrive(bytes.subarray(0, length));
    }
    await clock.advance(100);

    for (const answer of wire.sent) expect(parseMessage(answer).isRequest).toBe(false);
    await agent.close();
  });
});
