/**
 * `npm run demo`: the platform, a customer's server and three calls, told as they happen. `--json` tells the same as
 * data. The exit code is 0 only if everything came as it had to.
 */
import { toUuid } from '../../core/sid.ts';
import { type Cost, costOf, since } from '../aws/usage.ts';
import { createPlatform, type Platform } from '../platform.ts';
import type { TimelineEntry } from '../timeline/timeline-entry.ts';
import { type CustomerServer, type ReceivedCallback, startCustomerServer } from './customer-server.ts';
import { heading, paint } from './ladder.ts';
import { Narration } from './narration.ts';
import { SCENARIOS, type Scenario, storyOf } from './scenarios.ts';

const PATIENCE_MS = 20_000;
const POLL_MS = 25;
/** After its last callback a call still does its bookkeeping; what it uses of AWS counts, too. */
const SETTLE_MS = 400;

interface Check {
  what: string;
  held: boolean;
  found?: unknown;
}

interface Report {
  title: string;
  answer: unknown;
  callbacks: ReceivedCallback[];
  timeline: TimelineEntry[];
  status: unknown;
  cost: Cost;
  checks: Check[];
}

const asJson = process.argv.includes('--json');
const print = asJson ? () => {} : (line = '') => console.log(line);

process.exitCode = (await demo()) ? 0 : 1;

async function demo(): Promise<boolean> {
  const startedMs = Date.now();
  const platform = await createPlatform();
  let listen: (callback: ReceivedCallback) => void = () => {};
  const customer = await startCustomerServer(platform.info.authToken, callback => listen(callback));
  print(`Dialplane runs at ${platform.url}, in this process, ${Date.now() - startedMs} ms after the start.`);
  print('Every function is the one that deploys; only the phones and AWS itself are played by this machine.');
  const reports: Report[] = [];
  try {
    for (const scenario of SCENARIOS) {
      reports.push(
        await play(scenario, platform, customer, hear => {
          listen = hear;
        }),
      );
    }
  } finally {
    await customer.close();
    await platform.close();
  }
  const held = reports.every(({ checks }) => checks.every(check => check.held));
  if (asJson) console.log(JSON.stringify({ held, calls: reports }, null, 2));
  const count = reports.flatMap(({ checks }) => checks).length;
  print();
  print(
    held
      ? paint('good', `All ${count} expectations held, in ${((Date.now() - startedMs) / 1000).toFixed(1)} s.`)
      : paint('bad', 'Something did not come as it had to: see the lines marked ✗.'),
  );
  return held;
}

async function play(
  scenario: Scenario,
  platform: Platform,
  customer: CustomerServer,
  hear: (listener: (callback: ReceivedCallback) => void) => void,
): Promise<Report> {
  print();
  print(paint('good', scenario.title));
  print(scenario.story);
  print();
  print(heading());
  const before = platform.usage.read();
  const startedMs = Date.now();
  const narration = new Narration(print, startedMs);
  hear(callback => narration.callback(callback));
  const stop = platform.timelines.subscribe((_, entry) => narration.entry(entry));

  narration.asked('POST /voice/call/callback', startedMs);
  const answer = await request(platform, '/voice/call/callback', {
    ...scenario.request,
    status_callback: customer.callbackUrl,
  });
  const requestId = String((answer.body as { request_id?: string }).request_id);
  narration.answered(`${answer.status} ${(answer.body as { data?: string }).data}`, Date.now());
  const mine = () => customer.received.filter(callback => callback.requestId === requestId);
  const happened = (leg: 'A' | 'B', event: string) =>
    mine().some(each => each.leg === leg && each.event === event);

  if (scenario.afterBridge) {
    await until(() => happened('B', 'answered'));
    await sleep(scenario.afterBridge.waitMs);
    scenario.afterBridge.act(platform.handsets);
  }
  await until(
    () => happened('A', 'completed') && (scenario.callbacks.B.length === 0 || happened('B', 'completed')),
  );
  await sleep(SETTLE_MS);
  stop();
  narration.end();

  const status = (await request(platform, `/voice/call/status/${requestId}`)).body as {
    data: { state: string };
  };
  const timeline = await platform.timeline(`CA${requestId.replaceAll('-', '')}`);
  const cost = costOf(since(before, platform.usage.read()));
  const checks = checksOf(scenario, answer, mine(), status, requestId);
  print();
  for (const { what, held, found } of checks) {
    print(held ? paint('good', `  ✓ ${what}`) : paint('bad', `  ✗ ${what}: found ${JSON.stringify(found)}`));
  }
  print(`  This call used ${describe(cost)} of AWS, besides its telephone minutes.`);
  return {
    title: scenario.title,
    answer: answer.body,
    callbacks: mine(),
    timeline: timeline?.entries ?? [],
    status,
    cost,
    checks,
  };
}

function checksOf(
  { callbacks, finalState }: Scenario,
  answer: { status: number },
  received: ReceivedCallback[],
  status: { data: { state: string } },
  requestId: string,
): Check[] {
  const check = (what: string, found: unknown, wanted: unknown): Check => {
    const held = JSON.stringify(found) === JSON.stringify(wanted);
    return { what, held, ...(!held && { found }) };
  };
  const numbers = (leg: 'A' | 'B') =>
    received
      .filter(callback => callback.leg === leg)
      .map(({ sequenceNumber }) => sequenceNumber)
      .sort((a, b) => a - b);
  const legs = (['A', 'B'] as const).filter(leg => callbacks[leg].length > 0);
  return [
    check('the request was accepted', answer.status, 200),
    ...legs.flatMap(leg => [
      check(
        `leg ${leg}: ${callbacks[leg].map(words => words.split(' ')[0]).join(', ')}`,
        storyOf(received, leg),
        callbacks[leg],
      ),
      check(
        `leg ${leg}: its callbacks are numbered without a gap`,
        numbers(leg),
        callbacks[leg].map((_, index) => index),
      ),
    ]),
    check(
      'no other leg was called',
      received.some(({ leg }) => !legs.includes(leg)),
      false,
    ),
    check(
      "every callback is signed with the account's token",
      received.every(({ genuine }) => genuine),
      true,
    ),
    check(
      `GET /voice/call/status/${requestId.slice(0, 8)}… says ${finalState}`,
      status.data.state,
      finalState,
    ),
  ];
}

async function request(
  platform: Platform,
  path: string,
  body?: object,
): Promise<{ status: number; body: unknown }> {
  const { accountSid, authToken } = platform.info;
  const response = await fetch(platform.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${toUuid(accountSid)}:${authToken}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

function describe({ dollars, lines }: Cost): string {
  const of = (...items: string[]) =>
    lines.filter(({ item }) => items.includes(item)).reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    `$${dollars.toFixed(6)} (${of('lambdaRequests')} Lambda invocations, ${of('dynamoDbReads')} reads and ` +
    `${of('dynamoDbWrites')} writes of DynamoDB, ${of('busEntries')} bus events, ${of('sqsStandard', 'sqsFifo')} SQS requests)`
  );
}

/** Waits for something; what never comes is told by the checks. */
async function until(condition: () => boolean): Promise<void> {
  for (const giveUpMs = Date.now() + PATIENCE_MS; !condition() && Date.now() < giveUpMs; )
    await sleep(POLL_MS);
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
