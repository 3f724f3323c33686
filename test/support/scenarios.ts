import fc from 'fast-check';
import { FUNCTIONS, type FunctionName } from '../../local/functions.ts';
import type { HandsetScript } from '../../sma/network/handset-script.ts';

/** A document as a customer's server gives it: verbs, and how the server behaves. */
export interface ScriptedDocument {
  verbs: ScriptedVerb[];
  delayMs: number;
  /** Instead of the document. */
  failure?: 'status' | 'xml' | 'hang-up';
}

export type ScriptedVerb =
  | { verb: 'Say' }
  | { verb: 'Pause'; seconds: number }
  | { verb: 'Play'; broken: boolean }
  | { verb: 'Digits' }
  | {
      verb: 'Dial';
      phones: number[];
      timeout: number;
      timeLimit: number;
      star: boolean;
      action?: ScriptedDocument;
    }
  | { verb: 'Redirect'; document: ScriptedDocument }
  | { verb: 'Hangup' }
  | { verb: 'Reject' };

export interface ScriptedUpdate {
  afterMs: number;
  of: 'root' | 'child';
  change: 'completed' | 'canceled' | ScriptedDocument;
}

export interface ScriptedCrash {
  functionName: FunctionName;
  /** Of the function, counted over its invocations. */
  step: number;
  when: 'before' | 'after';
}

/** One call from its beginning to its end, with all that people, servers and machines do meanwhile. */
export interface Scenario {
  begin: 'callback' | 'url' | 'twiml' | 'inbound';
  document: ScriptedDocument;
  fallback?: ScriptedDocument;
  timeout: number;
  timeLimit: number;
  scripts: HandsetScript[];
  /** What the status callback's server answers, in turn; then 200. */
  answers: number[];
  updates: ScriptedUpdate[];
  byHand: { afterMs: number; phone: number; press?: string }[];
  crashes: ScriptedCrash[];
}

export const PHONES = 3;

const seconds = (min: number, max: number) => fc.integer({ min, max });
/** Rather later than sooner. */
const afterMs = fc.integer({ min: 0, max: 25_000 }).map(ms => 25_000 - ms);

const script: fc.Arbitrary<HandsetScript> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ringSeconds: seconds(0, 4) }) },
  { weight: 3, arbitrary: fc.record({ ringSeconds: seconds(0, 3), hangUpAfterSeconds: seconds(0, 12) }) },
  { weight: 1, arbitrary: fc.constant({ ringSeconds: 0, answer: false }) },
  {
    weight: 2,
    arbitrary: fc.record({ ringSeconds: seconds(0, 3), sipCode: fc.constantFrom(486, 603, 404, 480, 503) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ringSeconds: seconds(0, 2),
      digits: fc.constantFrom('1*', '12#', '*'),
      digitsAfterSeconds: seconds(1, 9),
    }),
  },
);

function documents(depth: number): fc.Arbitrary<ScriptedDocument> {
  return fc
    .record(
      {
        verbs: fc.array(verbs(depth), { maxLength: 4 }),
        delayMs: fc.constantFrom(0, 0, 0, 0, 900, 3_400, 4_500, 9_000),
        failure: fc.constantFrom('status' as const, 'xml' as const, 'hang-up' as const),
      },
      { requiredKeys: ['verbs', 'delayMs'] },
    )
    .map(({ failure, ...document }) => ({
      ...document,
      // Rarely: a document that never comes hides all that would come after it.
      ...(failure !== undefined && document.verbs.length === 0 && { failure }),
    }));
}

function verbs(depth: number): fc.Arbitrary<ScriptedVerb> {
  const simple: fc.Arbitrary<ScriptedVerb>[] = [
    fc.constant({ verb: 'Say' as const }),
    fc.record({ verb: fc.constant('Pause' as const), seconds: seconds(1, 6) }),
    fc.record({ verb: fc.constant('Play' as const), broken: fc.boolean() }),
    fc.constantFrom({ verb: 'Digits' as const }, { verb: 'Hangup' as const }, { verb: 'Reject' as const }),
  ];
  const dial = (action: fc.Arbitrary<ScriptedDocument> | undefined): fc.Arbitrary<ScriptedVerb> =>
    fc.record(
      {
        verb: fc.constant('Dial' as const),
        phones: fc.array(seconds(1, PHONES - 1), { minLength: 1, maxLength: 2 }),
        timeout: seconds(5, 12),
        timeLimit: fc.constantFrom(5, 15, 14_400),
        star: fc.boolean(),
        ...(action && { action }),
      },
      { requiredKeys: ['verb', 'phones', 'timeout', 'timeLimit', 'star'] },
    );
  if (depth === 0) return fc.oneof(...simple, dial(undefined));
  const next = documents(depth - 1);
  return fc.oneof(
    ...simple,
    dial(next),
    dial(next),
    fc.record({ verb: fc.constant('Redirect' as const), document: next }),
  );
}

/** About as many steps as each function takes in a call. */
const STEPS: Readonly<Record<FunctionName, number>> = {
  api: 6,
  'sma-handler': 28,
  fetch: 8,
  originate: 5,
  deliver: 16,
  timer: 5,
};

const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];

/** The function that decides has the most steps, and is killed most often. */
const crash = (functionName: FunctionName): { arbitrary: fc.Arbitrary<ScriptedCrash>; weight: number } => ({
  weight: STEPS[functionName],
  arbitrary: fc.record({
    functionName: fc.constant(functionName),
    step: fc.nat({ max: STEPS[functionName] }),
    when: fc.constantFrom('before', 'after'),
  }),
});

/** @param crashes how many times at most something is killed; the functions that may be */
export function scenarios(
  crashes: number,
  functions: readonly FunctionName[] = FUNCTION_NAMES,
): fc.Arbitrary<Scenario> {
  return fc.record(
    {
      begin: fc.constantFrom('callback', 'url', 'url', 'twiml', 'inbound'),
      document: documents(2),
      fallback: documents(0),
      timeout: seconds(5, 15),
      timeLimit: fc.constantFrom(10, 25, 14_400),
      // The first phone mostly answers and stays: otherwise little else happens.
      scripts: fc.tuple(fc.oneof(fc.constant({ ringSeconds: 1 }), fc.constant({}), script), script, script),
      answers: fc.array(fc.constantFrom(200, 200, 500, 503, 404, 410, 0), { maxLength: 6 }),
      updates: fc.array(
        fc.record({
          afterMs,
          of: fc.constantFrom('root', 'root', 'child'),
          change: fc.oneof(fc.constantFrom('completed' as const, 'canceled' as const), documents(1)),
        }),
        { maxLength: 2 },
      ),
      byHand: fc.array(
        fc.record(
          { afterMs, phone: fc.constantFrom(0, 1, 1, 2), press: fc.constantFrom('1', '*', '5*#') },
          { requiredKeys: ['afterMs', 'phone'] },
        ),
        { maxLength: 1 },
      ),
      crashes: fc.array(fc.oneof(...functions.map(crash)), {
        minLength: Math.min(1, crashes),
        maxLength: crashes,
      }),
    },
    {
      requiredKeys: [
        'begin',
        'document',
        'timeout',
        'timeLimit',
        'scripts',
        'answers',
        'updates',
        'byHand',
        'crashes',
      ],
    },
  ) as fc.Arbitrary<Scenario>;
}
