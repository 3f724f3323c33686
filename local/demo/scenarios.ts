/** The calls that the demo makes, and what has to come of each. */
import type { Platform } from '../platform.ts';
import type { SipPhone } from '../sip-phone.ts';
import type { ReceivedCallback } from './customer-server.ts';

const OURS = '+12025550110';
/** The seed's 900 s would outlast anybody's patience. */
const SIP_UPDATE_SECONDS = 2;

/** What a scenario plays on. */
export interface Stage {
  platform: Platform;
  callbackUrl: string;
  phones: Record<'ann' | 'ben' | 'busy' | 'slow', SipPhone>;
}

export interface ApiCall {
  path: string;
  json?: object;
  form?: Record<string, string>;
}

export interface Check {
  what: string;
  held: boolean;
  found?: unknown;
}

export interface Scenario {
  title: string;
  story: string;
  /** Requests that have to be made once, before the call. */
  prepare?(stage: Stage): ApiCall[];
  request(stage: Stage): ApiCall;
  /** What somebody does once a leg has told something. */
  afterwards?: { leg: string; event: string; waitMs: number; act(stage: Stage): void };
  /** Callbacks per leg, in the order of their numbers: event and state. */
  callbacks: Record<string, string[]>;
  /** What only this scenario has to show. */
  checks?(stage: Stage): Check[];
}

const callback = (stage: Stage, legs: object): ApiCall => ({
  path: '/voice/call/callback',
  json: { ...legs, status_callback: stage.callbackUrl },
});

export const SCENARIOS: readonly Scenario[] = [
  {
    title: 'A callback joins two telephones',
    story: '0100 answers after 1 s, then 0107 is rung and answers after 5 s; they talk, and 0107 hangs up.',
    request: stage =>
      callback(stage, {
        leg_A: { to: '+12025550100', from: OURS },
        leg_B: { to: '+12025550107', from: OURS },
      }),
    afterwards: {
      leg: 'B1',
      event: 'answered',
      waitMs: 2_000,
      act: ({ platform }) => platform.handsets.hangUp('+12025550107'),
    },
    callbacks: {
      A: ['initiated calling', 'ringing ringing', 'answered answered', 'completed completed'],
      B1: ['initiated calling', 'answered answered', 'completed completed'],
    },
  },
  {
    title: 'The first telephone is busy',
    story: '0101 answers 486, so nobody else is rung.',
    request: stage =>
      callback(stage, {
        leg_A: { to: '+12025550101', from: OURS },
        leg_B: { to: '+12025550107', from: OURS },
      }),
    callbacks: { A: ['initiated calling', 'completed busy'] },
  },
  {
    title: 'Nobody answers',
    story: '0102 rings and rings; the request gives it 3 s.',
    request: stage =>
      callback(stage, {
        leg_A: { to: '+12025550102', from: OURS },
        leg_B: { to: '+12025550107', from: OURS },
        timeout: 3,
      }),
    callbacks: { A: ['initiated calling', 'ringing ringing', 'completed no_answer'] },
  },
  {
    title: 'The SIP edge: identity headers, and an UPDATE on each leg',
    story: `Routes lead 1000123 and 1000125 to two SIP phones; each leg is sent an UPDATE every ${SIP_UPDATE_SECONDS} s.`,
    prepare: ({ phones }) => [...pbx('ann', '1000123', phones.ann), ...pbx('ben', '1000125', phones.ben)],
    request: stage =>
      callback(stage, {
        leg_A: {
          to: '1000123',
          from: '1000125',
          'osip_P-Asserted-Identity': 'tel:+3312345678',
          osip_Privacy: 'Id',
          sip_update: SIP_UPDATE_SECONDS,
        },
        leg_B: {
          to: '1000125',
          from: '1000123',
          'osip_P-Asserted-Identity': 'tel:+4412345678',
          osip_Privacy: 'Id',
          sip_update: SIP_UPDATE_SECONDS,
        },
      }),
    afterwards: {
      leg: 'B1',
      event: 'answered',
      waitMs: 2.5 * SIP_UPDATE_SECONDS * 1_000,
      act: ({ phones }) => phones.ben.hangUp(),
    },
    callbacks: {
      A: ['initiated calling', 'ringing ringing', 'answered answered', 'completed completed'],
      B1: ['initiated calling', 'ringing ringing', 'answered answered', 'completed completed'],
    },
    checks: ({ phones: { ann, ben } }) => [
      identityCheck(ann, 'tel:+3312345678'),
      identityCheck(ben, 'tel:+4412345678'),
      updateCheck(ann),
      updateCheck(ben),
    ],
  },
  {
    title: 'Three SIP phones ring at once',
    story:
      'One is busy, one answers, and the one that still rings is cancelled: <Dial><Sip> of a cXML document.',
    request: ({ platform, callbackUrl, phones: { busy, ann, slow } }) => ({
      path: `/api/laml/2010-04-01/Accounts/${platform.info.accountSid}/Calls`,
      form: {
        To: '+12025550100',
        From: OURS,
        Twiml: `<Response><Dial>${[busy, ann, slow]
          .map(
            ({ name, host, port }) =>
              `<Sip statusCallback="${callbackUrl}" statusCallbackEvent="initiated ringing answered completed">` +
              `sip:${name}@${host}:${port};transport=udp?department=sales</Sip>`,
          )
          .join('')}</Dial></Response>`,
        StatusCallback: callbackUrl,
      },
    }),
    afterwards: { leg: 'B2', event: 'answered', waitMs: 1_000, act: ({ phones }) => phones.ann.hangUp() },
    callbacks: {
      A: ['completed completed'],
      B1: ['initiated initiated', 'completed busy'],
      B2: [
        'initiated initiated',
        'ringing ringing',
        'answered answered',
        'in-progress in-progress',
        'completed completed',
      ],
      B3: ['initiated initiated', 'ringing ringing', 'completed canceled'],
    },
    checks: ({ phones: { ann, slow } }) => [
      check(
        'the document’s header reached the winner as X-department',
        ann.requests.findLast(({ method }) => method === 'INVITE')?.headers.get('X-department'),
        'sales',
      ),
      check(
        'the one that still rang was told who answered',
        slow.requests.find(({ method }) => method === 'CANCEL')?.headers.get('Reason'),
        'SIP;cause=200;text="Call completed elsewhere"',
      ),
    ],
  },
];

/** Event and state of one leg's callbacks, in the order of their numbers. */
export function storyOf(callbacks: readonly ReceivedCallback[], leg: string): string[] {
  return callbacks
    .filter(each => each.leg === leg)
    .sort((a, b) => a.sequenceNumber - b.sequenceNumber)
    .map(({ event, state }) => `${event} ${state}`);
}

export function check(what: string, found: unknown, wanted: unknown): Check {
  const held = JSON.stringify(found) === JSON.stringify(wanted);
  return { what, held, ...(!held && { found }) };
}

/** A trunk to one phone, and the route of its extension. */
function pbx(name: string, extension: string, { host, port }: SipPhone): ApiCall[] {
  return [
    {
      path: '/v1/trunks',
      json: {
        name,
        host: `${host}:${port}`,
        transport: 'udp',
        codecs: ['PCMU'],
        callerIds: ['1000XXX'],
      },
    },
    { path: '/v1/routes', json: { pattern: extension, action: 'trunk', trunk: name } },
  ];
}

function identityCheck({ name, requests }: SipPhone, identity: string): Check {
  const invite = requests.find(({ method }) => method === 'INVITE');
  return check(
    `${name} was told who calls, and that it is private`,
    [invite?.headers.get('P-Asserted-Identity'), invite?.headers.get('Privacy')],
    [identity, 'Id'],
  );
}

function updateCheck({ name, requests }: SipPhone): Check {
  const numbers = requests.filter(({ method }) => method === 'UPDATE').map(({ cseq }) => cseq?.number ?? 0);
  const rises = numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));
  return {
    what: `${name} got an UPDATE every ${SIP_UPDATE_SECONDS} s, with rising CSeq`,
    held: numbers.length >= 2 && rises,
    found: numbers,
  };
}
