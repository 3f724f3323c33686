import { createUserAgent, type Session, type UserAgent, udp } from '../../sip/user-agent.ts';
import type { Figure, Suite } from '../suite.ts';
import { heldBytes } from './heap.ts';
import { Wire } from './wire.ts';

const OFFER =
  'v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
/** 64·T1 is 0.64 s here, so that a run of seconds sees transactions end as often as they begin. */
const QUICK = { t1: 10, t2: 80, t4: 100 };
const OPEN = 10_000;
const DIALOGS = 5_000;
const ROUNDS = 8;
const CALLS_A_ROUND = 4_000;
/** What the heap may gain between the second round and the last, a call. */
const GROWTH_BYTES_A_CALL = 20;

async function pair(times = QUICK): Promise<{ alice: UserAgent; bob: UserAgent; wire: Wire }> {
  const wire = new Wire();
  const alice = createUserAgent({ transports: [wire.transport('10.0.0.1')], times });
  const bob = createUserAgent({ transports: [wire.transport('10.0.0.2')], times });
  await Promise.all([alice.start(), bob.start()]);
  return { alice, bob, wire };
}

async function close(...agents: UserAgent[]): Promise<void> {
  await Promise.all(agents.map(agent => agent.close()));
}

/** Runs `count` of something, `width` at a time, and says how many a second. */
async function rate(count: number, width: number, run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let left = count;
  const worker = async () => {
    while (left-- > 0) await run();
  };
  await Promise.all(Array.from({ length: width }, worker));
  return count / ((performance.now() - start) / 1_000);
}

const TARGET = 'sip:bob@10.0.0.2';

async function call(alice: UserAgent): Promise<void> {
  const session = await alice.invite(TARGET, { sdp: OFFER }).answered;
  const ended = new Promise<void>(resolve => {
    session.core.send('INFO', {}, { final: () => resolve(), failed: () => resolve() });
  });
  await ended;
  session.bye();
}

async function throughput(): Promise<Figure[]> {
  const { alice, bob } = await pair();
  bob.onInvite = invitation => invitation.accept({ sdp: OFFER });
  const options = () => alice.request({ method: 'OPTIONS', uri: TARGET });
  await rate(2_000, 50, options);
  const bare = await rate(20_000, 50, options);
  await rate(500, 50, () => call(alice));
  const calls = await rate(5_000, 50, () => call(alice));
  await close(alice, bob);

  const [one, two] = [0, 0].map(() =>
    createUserAgent({ transports: [udp({ address: '127.0.0.1' })], times: QUICK }),
  );
  if (!one || !two) throw new Error('There are two agents.');
  await Promise.all([one.start(), two.start()]);
  const uri = `sip:bob@127.0.0.1:${two.transport.transports[0]?.local.port}`;
  const overUdp = () => one.request({ method: 'OPTIONS', uri });
  await rate(1_000, 20, overUdp);
  const udpRate = await rate(10_000, 20, overUdp);
  await close(one, two);
  return [
    { what: 'OPTIONS, both sides in one process, no sockets', value: bare, unit: '/s' },
    { what: 'calls (INVITE, ACK, INFO, BYE), no sockets', value: calls, unit: '/s' },
    { what: 'OPTIONS over UDP on loopback', value: udpRate, unit: '/s' },
  ];
}

/** INVITEs that ring: one client transaction, one server transaction and an early dialog on each side. */
async function memory(): Promise<Figure[]> {
  const still = { t1: 500, t2: 4_000, t4: 5_000 };
  const silent = await pair(still);
  silent.bob.onRequest = () => {};
  const before = heldBytes();
  for (let opened = 0; opened < OPEN; opened++)
    silent.alice.request({ method: 'MESSAGE', uri: TARGET }).catch(() => {});
  while (silent.bob.transactions.size.servers < OPEN) await new Promise(resolve => setImmediate(resolve));
  const transactions = (heldBytes() - before) / OPEN;
  await close(silent.alice, silent.bob);

  const talking = await pair();
  talking.bob.onInvite = invitation => invitation.accept({ sdp: OFFER });
  await Promise.all(Array.from({ length: 100 }, () => talking.alice.invite(TARGET, { sdp: OFFER }).answered));
  await settledTransactions(talking.alice, talking.bob);
  const empty = heldBytes();
  let sessions: Session[] = [];
  for (let batch = 0; batch < DIALOGS / 100; batch++)
    sessions.push(
      ...(await Promise.all(
        Array.from({ length: 100 }, () => talking.alice.invite(TARGET, { sdp: OFFER }).answered),
      )),
    );
  await settledTransactions(talking.alice, talking.bob);
  const dialogs = (heldBytes() - empty) / (2 * sessions.length);
  sessions = [];
  await close(talking.alice, talking.bob);
  return [
    {
      what: 'an open non-INVITE transaction, client and server side together',
      value: transactions / 1_024,
      unit: 'kB',
    },
    { what: 'a confirmed dialog with its session, one side', value: dialogs / 1_024, unit: 'kB' },
  ];
}

async function settledTransactions(...agents: UserAgent[]): Promise<void> {
  const open = () => agents.reduce((sum, { transactions: { size } }) => sum + size.clients + size.servers, 0);
  while (open() > 0) await new Promise(resolve => setTimeout(resolve, 20));
}

/** Calls in rounds: after each, everything is gone, and the heap is where it was. */
async function longRun(): Promise<Figure[]> {
  const { alice, bob } = await pair();
  bob.onInvite = invitation => invitation.accept({ sdp: OFFER });
  const heap: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await rate(CALLS_A_ROUND, 50, () => call(alice));
    await settledTransactions(alice, bob);
    if (alice.sessions.length + bob.sessions.length > 0) throw new Error('A dialog was left behind.');
    heap.push(heldBytes());
  }
  await close(alice, bob);
  const growth = ((heap.at(-1) ?? 0) - (heap[1] ?? 0)) / ((ROUNDS - 2) * CALLS_A_ROUND);
  return [
    {
      what: `growth of the heap over ${(ROUNDS - 2) * CALLS_A_ROUND} calls`,
      value: growth,
      unit: 'bytes a call',
      target: { atMost: GROWTH_BYTES_A_CALL },
    },
  ];
}

/** Transactions and calls a second, what an open one holds, and that nothing is kept. */
export const sipTransactions: Suite = async () => [
  ...(await throughput()),
  ...(await memory()),
  ...(await longRun()),
];
