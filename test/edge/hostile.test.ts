import { describe, expect, it } from 'vitest';
import { Dice } from '../../bench/sip/fuzz/dice.ts';
import { mutate } from '../../bench/sip/fuzz/mutate.ts';
import { serialise } from '../../sip/message/serialise.ts';
import { FramingError } from '../../sip/transport/errors.ts';
import { StreamFramer } from '../../sip/transport/framer.ts';
import { transportLimits } from '../../sip/transport/limits.ts';
import type { Endpoint, Transport, TransportReceiver } from '../../sip/transport/transport.ts';
import { messages } from '../sip/torture/messages.ts';
import {
  answeringPhone,
  CONNECTOR,
  CONNECTOR_SDP,
  EdgeStage,
  INSIDE,
  OUTSIDE,
  phoneAddress,
} from './support/edge-stage.ts';

const INPUTS = 1_500;
const generous = { requestsPerSecond: 1e6, burst: 1e6, refusals: 1e6 };

/** What comes to it is a stream of bytes from each end, cut into messages as a connection's is. */
function framed(transport: Transport): Transport {
  const framers = new Map<string, StreamFramer>();
  const listen = ({ message, refused, ...others }: TransportReceiver) =>
    transport.listen({
      refused,
      ...others,
      message: (bytes, flow) => {
        const from = `${flow.remote.address}:${flow.remote.port}`;
        const take = (whole: Buffer) => message(whole, flow);
        const framer =
          framers.get(from) ?? new StreamFramer(transportLimits, { message: take, ping() {}, pong() {} });
        framers.set(from, framer);
        try {
          framer.push(bytes);
        } catch (error) {
          if (!(error instanceof FramingError)) throw error;
          framers.delete(from);
          if (error.head) refused(error.head, error.status, flow);
        }
      },
    });
  const { protocol, local } = transport;
  return { protocol, local, listen, flowTo: to => transport.flowTo(to), close: () => transport.close() };
}

describe('an edge with a call in it', () => {
  it.each([1, 2, 3, 4])(
    'throws nothing and breaks at nothing, whatever comes from whomever (seed %i)',
    async seed => {
      const dice = new Dice(seed);
      const stage = new EdgeStage();
      const { network, clock } = stage;
      stage.edge = await stage.startEdge({
        outside: [network.transport(OUTSIDE), framed(network.transport(OUTSIDE, 'TCP'))],
        limits: generous,
      });
      stage.connector = await stage.agent(CONNECTOR);
      await stage.phone(1, answeringPhone(stage, 1, { takesOffers: true }));
      await stage.plan([{}]);
      const call = stage.call();
      await clock.advance(2_000);
      void call.session?.reinvite({ sdp: CONNECTOR_SDP });
      void call.session?.info({ contentType: 'application/dtmf-relay', body: 'Signal=1' });
      await clock.advance(2_000);
      const seen = network.passages.map(({ message }) => serialise(message));
      const seeds = messages.map(({ bytes }) => bytes);

      for (let input = 0; input < INPUTS; input++) {
        const bytes = mutate(dice.pick(dice.chance(0.7) ? seen : seeds), dice.pick(seen), dice);
        const stranger: Endpoint = { address: `10.9.0.${dice.below(200)}`, port: 5_060 };
        const [protocol, from, to] = dice.pick([
          ['UDP', stranger, OUTSIDE],
          ['TCP', stranger, OUTSIDE],
          ['UDP', { address: phoneAddress(1), port: 5_060 }, OUTSIDE],
          ['UDP', { address: CONNECTOR, port: 5_060 }, INSIDE],
        ] as const);
        network.carry(protocol, bytes, from, { address: to, port: 5_060 });
        if (input % 10 === 0) await clock.advance(dice.below(1_000));
      }
      await clock.advance(6 * 3_600_000);
      expect(stage.logs.filter(line => line.startsWith('error'))).toEqual([]);
      expect(stage.edge.calls).toBe(0);

      const friend = await stage.agent('10.8.0.1', {
        transports: [network.transport('10.8.0.1'), network.transport('10.8.0.1', 'TCP')],
      });
      for (const transport of ['udp', 'tcp']) {
        const answered = friend.request({ method: 'OPTIONS', uri: `sip:${OUTSIDE};transport=${transport}` });
        await clock.advance(10);
        expect(await answered).toMatchObject({ status: 200 });
      }
    },
  );
});
