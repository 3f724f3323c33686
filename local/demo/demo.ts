/**
 * `npm run demo`: the platform, a customer's server and five calls, told as they happen. `--json` tells the same as
 * data. The exit code is 0 only if everything came as it had to.
 */
import { parseSid } from '../../core/sid.ts';
import { type Cost, costOf, since } from '../aws/usage.ts';
import { createPlatform, type Platform } from '../platform.ts';
import { type SipPhoneScript, startSipPhone } from '../sip-phone.ts';
import type { TimelineEntry } from '../timeline/timeline-entry.ts';
import { type CustomerServer, type ReceivedCallback, startCustomerServer } from './customer-server.ts';
import { heading, paint } from './ladder.ts';
import { Narration } from './narration.ts';
import {
  type ApiCall,
  type Check,
  check,
  SCENARIOS,
  type Scenario,
  type Stage,
  storyOf,
} from './scenarios.ts';

const PATIENCE_MS = 20_000;
const POLL_MS = 25;
/** After its last callback a call still does its bookkeeping; what it uses of AWS counts, too. */
const SETTLE_MS = 400;

interface Report {
  title: string;
  answer: unknown;
  callbacks: ReceivedCallback[];
  timeline: TimelineEntry[];
  cost: Cost;
  checks: Check[];
}

const asJson = process.argv.includes('--json');
const print = asJson ? () => {} : (line = '') => console.log(line);

process.exitCode = (await demo()) ? 0 : 1;

async function demo(): Promise<boolean> {
  const startedMs = Date.now();
  const platform = await createPlatform({ sipPort: 0 });
  let narration: Narration | undefined;
  const customer = await startCustomerServer(platform.info.authToken, heard => narration?.callback(heard));
  const phone = (name: string, script: SipPhoneScript) =>
    startSipPhone(name, script, (who, asked) => narration?.sip(who, asked));
  const stage: Stage = {
    platform,
    callbackUrl: customer.callbackUrl,
    phones: {
      ann: await phone('ann', { answersAfterMs: 300 }),
      ben: await phone('ben', { answersAfterMs: 600 }),
      busy: await phone('busy', { refusesWith: 486 }),
      slow: await phone('slow', 'rings on'),
    },
  };
  print(`Dialplane runs at ${platform.url}, in this process, ${Date.now() - startedMs} ms after the start.`);
  print('Every function is the one that deploys; only the phones and AWS itself are played by this machine.');
  const reports: Report[] = [];
  try {
    for (const scenario of SCENARIOS) {
      narration = new Narration(print, Date.now());
      reports.push(await play(scenario, stage, customer, narration));
    }
  } finally {
    await customer.close();
    await Promise.all(Object.values(stage.phones).map(each => each.close()));
    await platform.close();
  }
  const held = reports.every(({ checks }) => checks.every(each => each.held));
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
  stage: Stage,
  customer: CustomerServer,
  narration: Narration,
): Promise<Report> {
  const { platform } = stage;
  print();
  print(paint('good', scenario.title));
  print(scenario.story);
  print();
  print(heading());
  for (const each of scenario.prepare?.(stage) ?? []) {
    const { status, body } = await request(platform, each);
    narration.asked(`POST ${each.path}`, Date.now());
    narration.answered(`${status}`, Date.now());
    if (status >= 300) throw new Error(`${each.path} answered ${status}: ${JSON.stringify(body)}`);
  }
  const before = platform.usage.read();
  const stop = platform.timelines.subscribe((_, entry) => narration.entry(entry));

  const asked = scenario.request(stage);
  narration.asked(`POST …/${asked.path.split('/').slice(-2).join('/')}`, Date.now());
  const answer = await request(platform, asked);
  const callSid = sidOf(answer.body);
  narration.answered(`${answer.status} accepted`, Date.now());
  const mine = () => customer.received.filter(callback => callback.rootSid === callSid);
  const happened = (leg: string, event: string) =>
    mine().some(each => each.leg === leg && each.event === event);

  if (scenario.afterwards) {
    const { leg, event, waitMs, act } = scenario.afterwards;
    await until(() => happened(leg, event));
    await sleep(waitMs);
    act(stage);
  }
  await until(() => Object.keys(scenario.callbacks).every(leg => happened(leg, 'completed')));
  await sleep(SETTLE_MS);
  stop();
  narration.end();

  const timeline = await platform.timeline(callSid);
  const cost = costOf(since(before, platform.usage.read()));
  const checks = [...checksOf(scenario, answer, mine()), ...(scenario.checks?.(stage) ?? [])];
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
    cost,
    checks,
  };
}

function checksOf(
  { callbacks }: Scenario,
  answer: { status: number },
  received: ReceivedCallback[],
): Check[] {
  const legs = Object.entries(callbacks);
  const numbers = (leg: string) =>
    received
      .filter(each => each.leg === leg)
      .map(({ sequenceNumber }) => sequenceNumber)
      .sort((a, b) => a - b);
  return [
    check('the request was accepted', answer.status < 300, true),
    ...legs.flatMap(([leg, words]) => [
      check(`leg ${leg}: ${words.map(each => each.split(' ')[0]).join(', ')}`, storyOf(received, leg), words),
      check(
        `leg ${leg}: its callbacks are numbered without a gap`,
        numbers(leg),
        words.map((_, index) => index),
      ),
    ]),
    check(
      'no other leg was called',
      received.some(({ leg }) => !Object.hasOwn(callbacks, leg)),
      false,
    ),
    check(
      "every callback is signed with the account's token",
      received.every(({ genuine }) => genuine),
      true,
    ),
  ];
}

/** The call that a request has made, in either dialect's answer. */
function sidOf(body: unknown): string {
  const { sid, request_id } = body as { sid?: string; request_id?: string };
  return parseSid('CA', sid ?? request_id ?? '') ?? '';
}

async function request(
  { info, url }: Platform,
  { path, json, form }: ApiCall,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${info.accountSid}:${info.authToken}`).toString('base64')}`,
      'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded',
    },
    body: json ? JSON.stringify(json) : new URLSearchParams(form).toString(),
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
