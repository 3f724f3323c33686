import { atOnce } from '../at-once.ts';
import type { Addressed } from '../dialog/dialog.ts';
import type { SipRequest } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import type { SentAck } from '../session/acknowledging.ts';
import type { Departure } from '../transport/layer.ts';
import type { Transport } from '../transport/transport.ts';
import type { Uri } from '../uri/uri.ts';
import type { AckOptions, Stack } from './stack.ts';
import { type TargetIterator, targetsOf } from './target-iterator.ts';

type Sender = Pick<Stack, 'resolver' | 'depart' | 'report'>;

/**
 * The ACK of a 2xx, sent again whenever its 2xx comes again (RFC 3261 §13.2.2.4). Once it has left, its bytes alone are
 * kept, and read again if it has to leave by another flow. Where it gets lost on its way nobody is told: the peer repeats
 * its 2xx, and ends the call when no ACK comes (§13.3.1.4).
 */
export class OutgoingAck implements SentAck {
  readonly departed: Promise<unknown> | undefined;
  readonly #sender: Sender;
  readonly #nextHop: Uri;
  readonly #transport: Transport | undefined;
  #sent: Pick<Departure, 'flow' | 'bytes'> | undefined;

  constructor(sender: Sender, { request, nextHop }: Addressed, { after, transport, failed }: AckOptions) {
    this.#sender = sender;
    this.#nextHop = nextHop;
    this.#transport = transport;
    const left = atOnce<unknown, void>(after, () => this.#send(request, failed));
    if (left instanceof Promise) this.departed = left.catch(sender.report);
  }

  again(): void {
    void atOnce<unknown, void>(this.departed, () => this.#repeat());
  }

  #send(ack: SipRequest, failed?: () => void): void | Promise<void> {
    const departure = orNothing(() => this.#depart(ack, targetsOf(this.#nextHop, this.#sender.resolver)));
    return atOnce(departure, ready => {
      if (ready === undefined) {
        failed?.();
        return;
      }
      const { flow, bytes } = ready;
      this.#sent = { flow, bytes };
      flow.send(bytes);
    });
  }

  /** For the first of the targets that it can leave for. */
  #depart(ack: SipRequest, targets: TargetIterator): Departure | undefined | Promise<Departure | undefined> {
    return atOnce(targets.next(), next => {
      if (next.done) return undefined;
      const departure = orNothing(() => this.#sender.depart(ack, next.value, this.#transport));
      return atOnce(departure, ready => ready ?? this.#depart(ack, targets));
    });
  }

  #repeat(): void | Promise<void> {
    if (this.#sent === undefined) return;
    const { flow, bytes } = this.#sent;
    if (flow.open) {
      flow.send(bytes);
      return;
    }
    const ack = parseMessage(bytes) as SipRequest;
    ack.headers.removeFirst('Via');
    return this.#send(ack);
  }
}

/** What it gives; undefined where it fails. */
function orNothing<T>(run: () => T | Promise<T>): T | undefined | Promise<T | undefined> {
  try {
    const result = run();
    return result instanceof Promise ? result.catch(() => undefined) : result;
  } catch {
    return undefined;
  }
}
