import type { SipResponse } from '../message/message.ts';
import { serialise } from '../message/serialise.ts';
import type { TransportError } from './errors.ts';
import { type Endpoint, type Flow, protocols, type Transport } from './transport.ts';
import { responseEndpoint } from './via.ts';

/** A response that is ready to leave, as often as need be: on its request's flow, or on a new one when that has ended (RFC 3261 §18.2.2). */
export class OutgoingResponse {
  readonly #bytes: Buffer;
  readonly #flow: Flow;
  readonly #transport: Transport;
  /** Where it goes; the flow's own end where that is it. */
  readonly #endpoint: Endpoint | undefined;

  constructor(response: SipResponse, flow: Flow, transport: Transport) {
    this.#bytes = serialise(response);
    this.#flow = flow;
    this.#transport = transport;
    const endpoint = responseEndpoint(response, transport.protocol);
    this.#endpoint = isSame(endpoint, flow.remote) ? flow.remote : endpoint;
  }

  /** Sends it, once more perhaps. `failed` is called at most once, later, if it is known that it did not leave. */
  send(failed: (error: TransportError) => void): void {
    const flow = this.#flow;
    const endpoint = this.#endpoint;
    const isFlowsTurn = protocols[flow.protocol].reliable ? flow.open : endpoint === flow.remote;
    if (isFlowsTurn) flow.send(this.#bytes, failed);
    else if (endpoint !== undefined) void this.#sendTo(endpoint, failed);
  }

  async #sendTo(endpoint: Endpoint, failed: (error: TransportError) => void): Promise<void> {
    const { protocol } = this.#transport;
    try {
      const other = await this.#transport.flowTo({ ...endpoint, protocol });
      other.send(this.#bytes, failed);
    } catch (error) {
      failed(error as TransportError);
    }
  }
}

function isSame(one: Endpoint | undefined, other: Endpoint): boolean {
  return one?.address === other.address && one.port === other.port;
}
