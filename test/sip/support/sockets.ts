import { readFileSync } from 'node:fs';
import { createRequest } from '../../../sip/message/create.ts';
import { serialise } from '../../../sip/message/serialise.ts';
import type { TransportError } from '../../../sip/transport/errors.ts';
import type { Flow, Transport } from '../../../sip/transport/transport.ts';

const read = (name: string) => readFileSync(new URL(`certificates/${name}`, import.meta.url));

/** Test certificates: see certificates/README.md. */
export const certificates = {
  authority: read('authority.pem'),
  server: { key: read('server.key'), certificate: read('server.pem') },
  client: { key: read('client.key'), certificate: read('client.pem') },
} as const;

/** A message as bytes, with any body. */
export function options(callId = 'call', body = '', via = 'SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1'): Buffer {
  return serialise(
    createRequest({
      method: 'OPTIONS',
      uri: 'sip:127.0.0.1',
      via,
      from: '<sip:a@127.0.0.1>;tag=a',
      to: '<sip:b@127.0.0.1>',
      callId,
      cseq: 1,
      body,
    }),
  );
}

/** A transport that listens, and what has come to it. */
export interface Listening {
  readonly transport: Transport;
  readonly messages: Buffer[];
  readonly flows: Flow[];
  readonly refusals: number[];
  readonly closed: { flow: Flow; error: TransportError | undefined }[];
  /** Resolves when this holds, looking again at whatever happens. */
  until(holds: () => boolean): Promise<void>;
}

/** Opens a transport and keeps what it hands up. It needs no flow that is quiet, unless told. */
export async function listening(
  transport: Transport,
  isNeeded: (flow: Flow) => boolean = () => false,
): Promise<Listening> {
  const waiting: { holds: () => boolean; resolve: () => void }[] = [];
  const state = {
    transport,
    messages: [] as Buffer[],
    flows: [] as Flow[],
    refusals: [] as number[],
    closed: [] as { flow: Flow; error: TransportError | undefined }[],
    until: (holds: () => boolean) =>
      new Promise<void>(resolve => {
        waiting.push({ holds, resolve });
        look();
      }),
  };
  const look = () => {
    for (const { holds, resolve } of waiting) if (holds()) resolve();
  };
  await transport.listen({
    message: (bytes, flow) => {
      state.messages.push(bytes);
      state.flows.push(flow);
      look();
    },
    refused: (_head, status) => {
      state.refusals.push(status);
      look();
    },
    isNeeded,
    closed: (flow, error) => {
      state.closed.push({ flow, error });
      look();
    },
  });
  return state;
}
