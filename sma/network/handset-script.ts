/** How a virtual handset behaves when it is called. Everything is optional; the defaults are those of a phone that answers. */
export interface HandsetScript {
  /** Rings this long before it does anything. 0 does not ring at all. */
  ringSeconds?: number;
  /** False never answers: it rings until the caller gives up, or refuses with `sipCode` when there is one. */
  answer?: boolean;
  /** Final response instead of an answer, after `ringSeconds`. */
  sipCode?: number;
  /** Pressed once answered. */
  digits?: string;
  /** When, after the answer. */
  digitsAfterSeconds?: number;
  /** Hangs up this long after the answer. */
  hangUpAfterSeconds?: number;
}

/** The phones of the local platform: fictitious numbers (555-01xx is reserved for that). */
export const HANDSETS: Readonly<Record<string, HandsetScript>> = {
  '+12025550100': { ringSeconds: 1 },
  '+12025550101': { ringSeconds: 0, sipCode: 486 },
  '+12025550102': { ringSeconds: 0, answer: false },
  '+12025550103': { ringSeconds: 1, sipCode: 603 },
  '+12025550104': { ringSeconds: 0, sipCode: 404 },
  '+12025550105': { ringSeconds: 1, digits: '1234#', digitsAfterSeconds: 2 },
  '+12025550106': { ringSeconds: 1, hangUpAfterSeconds: 2 },
  '+12025550107': { ringSeconds: 5 },
};

/** The account's own numbers of the local platform: no handsets; a call to one enters its application. */
export const ACCOUNT_NUMBERS: readonly string[] = Array.from(
  { length: 10 },
  (_, index) => `+1202555011${index}`,
);

const SECONDS = ['ringSeconds', 'digitsAfterSeconds', 'hangUpAfterSeconds'] as const;
const NAMES: readonly string[] = [...SECONDS, 'answer', 'sipCode', 'digits'];
const MOST_SECONDS = 3_600;

/** What is wrong with a script, in a sentence, or undefined. */
export function scriptProblem(script: unknown): string | undefined {
  if (typeof script !== 'object' || script === null || Array.isArray(script)) {
    return `A script is a JSON object with any of ${NAMES.join(', ')}.`;
  }
  const given = script as Record<string, unknown>;
  const stranger = Object.keys(given).find(name => !NAMES.includes(name));
  if (stranger !== undefined) return `A script has no "${stranger}"; it has ${NAMES.join(', ')}.`;
  for (const name of SECONDS) {
    const value = given[name];
    const fits = typeof value === 'number' && value >= 0 && value <= MOST_SECONDS;
    if (value !== undefined && !fits) return `${name} is a number of seconds from 0 to ${MOST_SECONDS}.`;
  }
  const { answer, sipCode, digits } = given;
  if (answer !== undefined && typeof answer !== 'boolean') return 'answer is true or false.';
  const isFinal =
    typeof sipCode === 'number' && Number.isInteger(sipCode) && sipCode >= 300 && sipCode <= 699;
  if (sipCode !== undefined && !isFinal) return 'sipCode is a final SIP response from 300 to 699.';
  if (sipCode !== undefined && answer === true) return 'A script either answers or has a sipCode, not both.';
  if (digits !== undefined && !isDigits(digits)) return 'digits is a string of 0-9, * and #.';
  return undefined;
}

export const isDigits = (digits: unknown): digits is string =>
  typeof digits === 'string' && /^[0-9*#]+$/.test(digits);
